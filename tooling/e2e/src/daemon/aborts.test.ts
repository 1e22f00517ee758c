import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createInstallation, passthroughConfig } from './installation.ts';
import { repetitions } from './scale.ts';

const aborts = repetitions(120, 1000);
const lanes = 4;
/** Of the times it takes, this one may be 250 ms: in the short run the middle one, as the machine has other work then. */
const part = repetitions(0.5, 0.99);

const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const message = { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, stop_sequence: null };
const beginning =
  event('message_start', { message: { ...message, usage: { input_tokens: 1, output_tokens: 1 } } }) +
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });

/** When the client leaves. */
const phases = ['before the first byte', 'in mid-stream', 'in a document'] as const;
type Phase = (typeof phases)[number];

/** A provider that never comes to an end; it says when a request reached it, and when its connection was closed. */
async function startEndlessUpstream() {
  const reached = new Map<string, PromiseWithResolvers<void>>();
  const closed = new Map<string, PromiseWithResolvers<number>>();
  const of = <T>(table: Map<string, PromiseWithResolvers<T>>, id: string): PromiseWithResolvers<T> => {
    const found = table.get(id) ?? Promise.withResolvers<T>();
    table.set(id, found);
    return found;
  };
  let open = 0;
  const begin = (phase: string, response: ServerResponse): void => {
    if (phase === 'in mid-stream') response.writeHead(200, { 'content-type': 'text/event-stream' }).write(beginning);
    if (phase === 'in a document') response.writeHead(200, { 'content-type': 'application/json' }).write('{"type":"mess');
  };
  const server = createServer((incoming, response) => {
    open += 1;
    let body = '';
    incoming.setEncoding('utf8').on('data', (data: string) => (body += data));
    incoming.once('end', () => {
      const { model } = JSON.parse(body) as { model: string };
      const [phase = ''] = model.split(':');
      response.once('close', () => {
        open -= 1;
        of(closed, model).resolve(performance.now());
      });
      begin(phase, response);
      of(reached, model).resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reached: (id: string) => of(reached, id).promise,
    closed: (id: string) => of(closed, id).promise,
    open: () => open,
    connections: () =>
      new Promise<number>((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

it(
  `[F1][A8] G6: ${aborts} clients leave, and what they asked for is called off within 250 ms at the provider; nothing stays open`,
  { timeout: 60_000 + aborts * 300 },
  async ({ annotate }) => {
    await using stack = new AsyncDisposableStack();
    const upstream = stack.adopt(await startEndlessUpstream(), (open) => open.close());
    const installation = stack.use(await createInstallation(passthroughConfig(upstream.url)));
    const { url } = await installation.start();
    const took: number[] = [];

    const leave = async (phase: Phase, n: number): Promise<void> => {
      const id = `${phase}:${n}`;
      const body = JSON.stringify({
        model: id,
        max_tokens: 9,
        stream: phase !== 'in a document',
        messages: [{ role: 'user', content: id }],
      });
      const sent = request(`${url}/v1/messages`, { method: 'POST', agent: false, headers: { 'content-type': 'application/json' } });
      sent.on('error', () => undefined); // it is we who leave
      const first = new Promise<void>((resolve) => {
        sent.once('response', (response: IncomingMessage) => response.on('error', () => undefined).once('data', () => resolve()));
      });
      sent.end(body);
      // A document is held until it is whole: its client sees nothing of it.
      await (phase === 'in mid-stream' ? first : upstream.reached(id));
      const left = performance.now();
      sent.destroy();
      took.push((await upstream.closed(id)) - left);
    };
    const lane = async (index: number): Promise<void> => {
      for (let n = index; n < aborts; n += lanes) await leave(phases[n % phases.length] ?? 'in mid-stream', n);
    };
    await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));

    const sorted = took.toSorted((a, b) => a - b);
    const at = (quantile: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN;
    await annotate(`${took.length} aborts: median ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms, longest ${at(1).toFixed(1)} ms`);
    expect(took).toHaveLength(aborts);
    expect(at(part)).toBeLessThanOrEqual(250);
    await expect.poll(async () => [upstream.open(), await upstream.connections()]).toEqual([0, 0]);
    const client = await installation.client();
    await expect.poll(async () => (await client.recentLedger(100)).filter(({ outcome }) => outcome !== 'aborted')).toEqual([]);
  },
);
