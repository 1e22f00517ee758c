import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { fencedBlocks, readPages } from '../docs/pages.ts';
import { ask } from './ask.ts';
import { createInstallation, type Installation } from './installation.ts';

interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const event = (type: string, fields: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_sequence: null };
const usage = { input_tokens: 7, output_tokens: 3 };
const stream =
  event('message_start', { message: { ...message, content: [], stop_reason: null, usage } }) +
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'from the house' } }) +
  event('content_block_stop', { index: 0 }) +
  event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }) +
  event('message_stop', {});
const document = JSON.stringify({ ...message, content: [{ type: 'text', text: 'from the cloud' }], stop_reason: 'end_turn', usage });

/** A server that answers with `body` and keeps what it was asked. */
async function upstream(type: string, body: string): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(200, { 'content-type': type }).end(body);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const authKey = 'a-key-of-the-gateway';
const withToken = { 'x-ccproxy-token': authKey, authorization: 'Bearer sk-ant-oat01-login' };

const logOf = ({ home }: Installation): string => readFileSync(join(home.home, '.ccproxy/logs/ccproxy.log'), 'utf8');

/** The module of the guide, word for word. */
const sample = (): string => {
  const page = readPages().find(({ path }) => path === 'docs/guide/extending.md');
  const block = page === undefined ? undefined : fencedBlocks(page).find(({ language }) => language === 'js');
  if (block === undefined) throw new Error('the guide has no sample');
  return block.text;
};

it('[C26] a module of the user calls a provider; a bad one fails alone, and everybody says why', async () => {
  const house = await upstream('text/event-stream', stream);
  await using installation = await createInstallation({
    server: { authKey },
    plugins: {
      providers: {
        own: { module: './own-provider.mjs' },
        bad: { module: './bad.mjs' },
        ends: { module: './ends.mjs' },
        locked: { module: './locked.mjs' },
      },
    },
    providers: {
      house: { type: 'adapter', adapter: 'own', options: { url: house.url, apiKey: 'sk-of-the-house' } },
      bad: { type: 'adapter', adapter: 'bad' },
      ends: { type: 'adapter', adapter: 'ends' },
      locked: { type: 'adapter', adapter: 'locked' },
    },
    models: {
      default: { provider: 'house', model: 'house-large' },
      bad: { provider: 'bad', model: 'm', fallback: 'default' },
      ends: { provider: 'ends', model: 'm' },
      locked: { provider: 'locked', model: 'm', fallback: 'default' },
    },
  });
  const { home } = installation;
  home.write('.ccproxy/own-provider.mjs', sample());
  home.write('.ccproxy/bad.mjs', 'throw new Error("no such day");\n');
  home.write('.ccproxy/ends.mjs', 'export default () => ({ answer() { process.exit(7); } });\n');
  home.write('.ccproxy/locked.mjs', 'export default () => ({ answer: () => ({ status: 401, body: "no" }) });\n');
  const { url, pid } = await installation.start();

  const good = await ask(url, { stream: true, headers: withToken });
  expect(good).toMatchObject({ status: 200, completed: true, text: stream });
  expect(house.seen[0]).toMatchObject({ path: '/v1/messages', headers: { 'x-house-key': 'sk-of-the-house' } });
  expect(JSON.parse(house.seen[0]?.body ?? '')).toMatchObject({ model: 'house-large', stream: true });
  expect(JSON.stringify(house.seen)).not.toMatch(/sk-ant|a-key-of-the-gateway/);

  const fallen = await ask(url, { model: 'bad', stream: true, headers: withToken });
  expect(fallen).toMatchObject({ status: 200, completed: true, headers: { 'x-ccproxy-target': 'default' } });
  // A credential of the configuration that is refused: the next target is asked, as for any provider with a key.
  expect(await ask(url, { model: 'locked', stream: true, headers: withToken })).toMatchObject({ status: 200, completed: true });
  const ended = await ask(url, { model: 'ends', headers: withToken });
  expect(ended.status).toBe(502);
  expect(ended.text).toContain('it ended its thread');
  expect((await ask(url, { stream: true, headers: withToken })).completed).toBe(true);
  expect(() => process.kill(pid, 0)).not.toThrow();

  const health = (await (await fetch(`${url}/health`, { headers: { 'x-ccproxy-token': authKey } })).json()) as object;
  expect(JSON.stringify(health)).toContain('its adapter cannot be used: no such day');
  const doctor = await installation.ccproxy(['doctor', '--json']);
  expect(doctor.stdout).toContain('the provider adapter own is');
  expect(doctor.stdout).toContain('provider bad cannot be used: its adapter cannot be used: no such day');
  const log = logOf(installation);
  expect(log).toContain('the adapter of a provider is gone');
  expect(log + doctor.stdout + JSON.stringify(health)).not.toContain('sk-of-the-house');
});

it('[C12][C26] the built adapters of Bedrock and Vertex are modules like any other', async () => {
  const cloud = await upstream('application/json', document);
  const token = await upstream('application/json', '{"access_token":"a-token-of-google","expires_in":3600}');
  const built = (name: string): string => fileURLToPath(new URL(`../../../../packages/provider-${name}/dist/index.js`, import.meta.url));
  const login = {
    type: 'authorized_user',
    client_id: 'c',
    client_secret: 's3cr3t-of-client',
    refresh_token: 'r3fresh-me',
    token_uri: token.url,
  };
  await using installation = await createInstallation({
    server: { authKey },
    plugins: { providers: { bedrock: { module: built('bedrock') }, vertex: { module: built('vertex') } } },
    providers: {
      aws: {
        type: 'adapter',
        adapter: 'bedrock',
        options: { region: 'eu-central-1', baseUrl: cloud.url, accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMIbPxRfiCY' },
      },
      google: {
        type: 'adapter',
        adapter: 'vertex',
        options: { region: 'global', project: 'my-project', baseUrl: cloud.url, serviceAccountKey: JSON.stringify(login) },
      },
    },
    models: { default: { provider: 'aws', model: 'anthropic.claude-x-v1:0' }, google: { provider: 'google', model: 'claude-x@20250929' } },
  });
  const { url } = await installation.start();
  for (const model of ['claude-sonnet-5-5', 'google']) {
    const answer = await ask(url, { model, headers: withToken });
    expect([answer.status, answer.text]).toEqual([200, document]);
  }
  const [bedrock, vertex] = cloud.seen;
  expect(bedrock?.path).toBe('/model/anthropic.claude-x-v1%3A0/invoke');
  expect(bedrock?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/bedrock\/aws4_request/);
  expect(vertex?.path).toBe('/v1/projects/my-project/locations/global/publishers/anthropic/models/claude-x@20250929:rawPredict');
  expect(vertex?.headers.authorization).toBe('Bearer a-token-of-google');
  const log = logOf(installation);
  expect(log).not.toMatch(/wJalr|a-token-of-google|r3fresh-me|s3cr3t-of-client/);
});
