import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findSecrets, newCanaryKey, type RunResult, startDaemon, startFakeAnthropic, waitFor } from '@ccproxy-internal/test-kit';
import { expect, it } from 'vitest';
import { type Answer, ask } from './ask.ts';
import { createInstallation } from './installation.ts';
import { repetitions } from './scale.ts';

const rounds = repetitions(12, 240);

/** No prefix gives it away: only whoever loaded it, or the name beside it, tells that it is a secret. */
const plainKey = (): string => `Zk${randomBytes(9).toString('hex')}CANARY${randomBytes(9).toString('base64url')}`;

/** Keys nobody else has, by the place they are put. Twelve kinds, as providers make them. */
const keys = {
  oauth: newCanaryKey('sk-ant-oat01-'),
  api: newCanaryKey('sk-ant-api03-'),
  literal: newCanaryKey('sk-proj-'),
  fromEnvironment: plainKey(),
  shaped: newCanaryKey('sk-or-v1-'),
  authKey: plainKey(),
  query: newCanaryKey('AIza'),
  plainQuery: plainKey(),
  path: newCanaryKey('ghp_'),
  cookie: newCanaryKey('gsk_'),
  header: newCanaryKey('xai-'),
  jwt: `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(`{"sub":"CANARY${plainKey()}"}`).toString('base64url')}.${randomBytes(32).toString('base64url')}`,
  prompt: newCanaryKey('npm_'),
  model: newCanaryKey('hf_'),
  session: newCanaryKey('r8_'),
  basic: plainKey(),
};

/** The client: asks the gateway its settings name, and stays long enough to be looked at. */
const client = `#!${process.execPath}
const { readFileSync } = require('node:fs');
const settings = JSON.parse(readFileSync(process.argv[process.argv.indexOf('--settings') + 1], 'utf8'));
const { ANTHROPIC_BASE_URL: url, ANTHROPIC_CUSTOM_HEADERS: lines = '' } = settings.env;
const headers = Object.fromEntries(lines.split('\\n').filter(Boolean).map((line) => line.split(/: (.*)/s).slice(0, 2)));
const body = JSON.stringify({ model: 'claude-sonnet-5-5', max_tokens: 8, messages: [{ role: 'user', content: 'hi' }] });
fetch(url + '/v1/messages', { method: 'POST', headers: { ...headers, 'content-type': 'application/json', 'x-api-key': process.env.ANTHROPIC_API_KEY }, body })
  .then((answer) => { console.log('CLIENT ' + answer.status); setTimeout(() => {}, 1500); });
`;

it(
  '[A5][F1] G4, rows 32 to 37: keys reach no log, file, metric, answer, status or argument list',
  { timeout: 240_000 },
  async ({ annotate }) => {
    const echo = Object.values(keys).join(' ');
    await using upstream = await startFakeAnthropic({
      script: [
        { status: 401, error: { message: `invalid key: ${echo}` }, when: { contains: 'echo-401' }, repeat: 0 },
        {
          status: 500,
          error: { message: `https://u:${keys.basic}@host/?key=${keys.query} ${echo}` },
          when: { contains: 'echo-500' },
          repeat: 0,
        },
        { fault: 'reset', when: { contains: 'echo-reset' }, repeat: 0 },
        { fault: 'reset-mid', when: { contains: 'echo-mid' }, repeat: 0 },
        { raw: `not json ${echo}`, when: { contains: 'echo-raw' }, repeat: 0 },
      ],
    });
    const provider = { type: 'anthropic', baseUrl: upstream.url };
    await using installation = await createInstallation({
      server: { authKey: '${AUTH_KEY}' },
      logging: { level: 'trace' },
      providers: {
        client: { ...provider, auth: 'client' },
        environment: { ...provider, apiKey: '${PROVIDER_KEY}' },
        shaped: { ...provider, apiKey: '${SHAPED_KEY}' },
        literal: { ...provider, apiKey: keys.literal },
        missing: { ...provider, apiKey: '${NOT_THERE}' },
        nobody: { type: 'anthropic', baseUrl: 'http://127.0.0.1:9', apiKey: '${PROVIDER_KEY}' },
      },
      models: {
        default: { provider: 'client' },
        environment: { provider: 'environment', model: 'claude-own' },
        shaped: { provider: 'shaped', model: 'claude-own', fallback: ['literal'] },
        literal: { provider: 'literal', model: 'claude-own' },
        nobody: { provider: 'nobody', model: 'claude-own' },
      },
    });
    const { home, processes, paths } = installation;
    const secretEnv = { AUTH_KEY: keys.authKey, PROVIDER_KEY: keys.fromEnvironment, SHAPED_KEY: keys.shaped };
    const daemon = await startDaemon({ home, processes, env: secretEnv });
    const env = home.env({ ...secretEnv, ANTHROPIC_API_KEY: keys.api, ANTHROPIC_AUTH_TOKEN: keys.oauth });
    const control = await installation.client();
    const followed: string[] = [];
    control.followLogs({}, (line) => followed.push(line));
    const answers: Answer[] = [];

    const credentials: readonly Readonly<Record<string, string>>[] = [
      { authorization: `Bearer ${keys.oauth}` },
      { 'x-api-key': keys.api },
      { authorization: `Bearer ${keys.jwt}` },
      { authorization: `Basic ${Buffer.from(`user:${keys.basic}`).toString('base64')}` },
      { authorization: `Bearer ${keys.authKey}` },
      {},
    ];
    const targets = ['claude-sonnet-5-5', 'environment', 'shaped', 'literal', 'nobody', 'missing,x', keys.model];
    const prompts = ['echo-401', 'echo-500', 'echo-reset', 'echo-mid', 'echo-raw', `a prompt with ${keys.prompt}`, 'hello'];
    const routes = [
      '/v1/messages',
      `/v1/messages?beta=true&key=${keys.query}`,
      `/v1/messages?api_key=${keys.plainQuery}&access_token=${keys.path}`,
      `/v1/messages/count_tokens?key=${keys.query}`,
      `/v1/files/${keys.path}?token=${keys.plainQuery}`,
      `/nowhere/${keys.path}?client_secret=${keys.plainQuery}`,
    ];
    const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
    const everywhere = {
      cookie: `session=${keys.cookie}`,
      'x-goog-api-key': keys.header,
      'x-claude-code-session-id': keys.session,
      'proxy-authorization': `Bearer ${keys.header}`,
    };
    const admitted = { 'x-ccproxy-token': keys.authKey };
    // Every target with every prompt, then all mixed.
    const first = targets.flatMap((model) => prompts.map((prompt) => ({ model, prompt, headers: { ...everywhere, ...admitted } })));
    answers.push(...(await Promise.all(first.map((question) => ask(daemon.url, question)))));
    for (let round = 0; round < rounds; round++) {
      const batch = Array.from({ length: 42 }, (_, n) =>
        ask(daemon.url, {
          path: pick(routes),
          model: pick(targets),
          prompt: pick(prompts),
          stream: n % 2 === 0,
          // One in four is not let in; with the others the credential is the client's own.
          headers: { ...everywhere, ...pick(credentials), ...(n % 4 < 3 ? admitted : {}) },
        }),
      );
      answers.push(...(await Promise.all(batch)));
    }

    const bin = home.write('claude', client);
    chmodSync(bin, 0o700);
    const claude = installation.ccproxy(['claude', '--verbose', '--claude-bin', bin, '--', '-p', 'hi'], { env });
    const running = await waitFor(() => processes.living().find((pid) => argumentsOf(pid).includes('--settings')), { what: 'the client' });
    const lists = processes.living().map(argumentsOf);
    expect(argumentsOf(running)).not.toBe('');

    const commands: (readonly string[])[] = [
      ['status', '--json'],
      ['status'],
      ['config', 'show'],
      ['config', 'show', '--running'],
      ['config', 'validate'],
      ['logs'],
      ['logs', '--tail', '--lines', '10000'],
      ['doctor', '--json'],
      ['restart', '--port', '1'],
    ];
    const outputs: RunResult[] = [];
    for (const args of commands) outputs.push(await installation.ccproxy(args, { env }));
    const broken = home.write(
      'broken.yaml',
      `providers:\n  p: { type: anthropic, apiKey: "${keys.literal}", unknown: ${keys.shaped} }\n models: ]`,
    );
    outputs.push(await installation.ccproxy(['config', 'validate', '--config', broken], { env }));
    const misspelt = home.write(
      'misspelt.yaml',
      `providers: { p: { type: anthropic, apiKye: "${keys.literal}", baseUrl: "https://u:${keys.basic}@h/?key=${keys.query}" } }\n`,
    );
    outputs.push(await installation.ccproxy(['config', 'validate', '--config', misspelt, '--json'], { env }));
    const said = await claude;
    expect(said.stdout).toContain('CLIENT ');

    const token = daemon.ipcToken();
    const pages = await Promise.all(
      ['/metrics', '/health', '/readyz'].map(async (page) =>
        (await fetch(`${daemon.url}${page}`, { headers: { 'x-ccproxy-token': token } })).text(),
      ),
    );
    const overIpc = JSON.stringify([
      await control.status(),
      await control.activeConfig(),
      await control.recentLedger(500),
      await control.recentDecisions(500),
    ]);
    expect(await daemon.stop()).toBe(0);

    const places: Readonly<Record<string, string>> = {
      'stdout of the daemon': daemon.process.stdout(),
      'stderr of the daemon': daemon.process.stderr(),
      'output of the commands': outputs.map(({ stdout, stderr }) => stdout + stderr).join('\n'),
      'output of ccproxy claude': said.stdout + said.stderr,
      'metrics, health, readiness': pages.join('\n'),
      'control channel': overIpc,
      'followed log': followed.join('\n'),
      'argument lists': lists.join('\n'),
      ...filesIn(paths.root, [paths.tokenFile, paths.configFile]),
    };
    const known = [...Object.values(keys), token];
    const found = Object.entries(places).flatMap(([place, text]) =>
      findSecrets(text, known).map(({ kind, line }) => `${place}: ${kind}: ${nameOf(line)} ${line.replace(/[^\x20-\x7e]+/g, ' ')}`),
    );
    await annotate(
      `${answers.length} requests, ${Object.values(places).reduce((sum, text) => sum + text.length, 0)} characters in ${Object.keys(places).length} places searched`,
    );
    expect([...new Set(found)].slice(0, 20)).toEqual([]);
    // What an upstream repeats of the key it was called with does not reach the client either.
    const ownKeys: Readonly<Record<string, string>> = { environment: keys.fromEnvironment, shaped: keys.shaped, literal: keys.literal };
    const repeated = answers.filter(({ status, headers, text }) => {
      const own = ownKeys[String(headers['x-ccproxy-target'])];
      return (
        own !== undefined && status >= 400 && findSecrets(JSON.stringify(headers) + text, [own, token]).some(({ kind }) => kind === 'known')
      );
    });
    expect(repeated).toEqual([]);
    // The load went everywhere it was meant to go.
    expect(Object.keys(Object.groupBy(answers, ({ headers }) => String(headers['x-ccproxy-target']))).toSorted()).toEqual(
      expect.arrayContaining(['default', 'environment', 'literal', 'nobody']),
    );
    expect(
      answers.some(({ status, headers, text }) => status === 401 && headers['x-ccproxy-target'] === 'environment' && text.includes('****')),
    ).toBe(true);
    expect(followed.length).toBeGreaterThan(rounds);
  },
);

const nameOf = (line: string): string => Object.entries(keys).find(([, value]) => line.includes(value))?.[0] ?? '';

const argumentsOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    // It ended meanwhile, or this system has no /proc.
    return '';
  }
};

/** The text of every file below a folder but these and the settings of sessions, by its name. */
function filesIn(folder: string, without: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !without.includes(file))
      .map((file) => [relative(folder, file), readFileSync(file, 'latin1')]),
  );
}
