import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoutingModule } from '@ccproxy/config';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createRoutingModules, type RoutingModules } from './routing-modules.js';

const dir = mkdtempSync(join(tmpdir(), 'ccp-routing-'));
const open: RoutingModules[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const sources = {
  answers: 'export default ({ model }) => ({ yes: true, no: false, nothing: undefined, empty: "", local: "local", odd: { a: 1 } })[model];',
  later: 'export default async ({ tokens }) => { await null; return tokens > 5 ? "long" : false; };',
  throws: 'export default () => { throw new Error("no such day"); };',
  hangs: 'export default () => { for (;;); };',
  ends: 'export default () => process.exit(3);',
  eats: 'export default () => { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)); };',
  reads: 'export default ({ body, headers }) => `${body?.system} ${Object.keys(headers)} ${Object.keys(process.env)}`;',
  broken: 'export default (',
  noFunction: 'export default 7;',
} as const;

const request = (rest: object = {}) => ({
  model: 'yes',
  class: undefined,
  agentType: undefined,
  stream: true,
  tokens: 10,
  session: undefined,
  project: undefined,
  user: undefined,
  thinking: null,
  tools: [],
  serverTools: [],
  image: false,
  headers: { 'x-a': '1' },
  ...rest,
});
const body = Buffer.from('{"system":"all of it"}');

async function host(source: keyof typeof sources, rest: Partial<RoutingModule> = {}, clock?: FakeClock) {
  const file = join(dir, `${source}.mjs`);
  writeFileSync(file, sources[source]);
  const module: RoutingModule = { name: 'mine', module: file, timeout: 20_000, body: false, onFailure: 'skip', ...rest };
  const made = createRoutingModules({ modules: [module], clock: clock ?? systemClock, logger: silentLogger });
  open.push(made);
  if (clock === undefined) await made.start();
  return (asked: object = {}) => made.ask('mine', request(asked), body);
}

describe('routing modules', () => {
  it.each([
    ['yes', { holds: true }],
    ['no', { holds: false }],
    ['nothing', { holds: false }],
    ['empty', { holds: false }],
    ['local', { holds: true, to: 'local' }],
    ['odd', { failed: 'it answered with a object, not with true, false or the name of a target' }],
  ])('[C1] an answer of %s', async (model, expected) => {
    expect(await (await host('answers'))({ model })).toEqual(expected);
  });

  it('[C1] may take its time within its limit, and get the body when the configuration says so', async () => {
    expect(await (await host('later'))()).toEqual({ holds: true, to: 'long' });
    // Nothing of the daemon's environment, no credential.
    expect(await (await host('reads', { body: true }))()).toEqual({ holds: true, to: 'all of it x-a ' });
    expect(await (await host('reads'))()).toEqual({ holds: true, to: 'undefined x-a ' });
  });

  it.each<[keyof typeof sources, string]>([
    ['throws', 'no such day'],
    ['ends', 'it ended its thread'],
    ['broken', 'it cannot be loaded'],
    ['noFunction', 'it cannot be loaded: it has no function as its default export'],
    ['eats', 'it ended its thread'],
  ])('[C1][C4] a module that %s fails alone', async (source, expected) => {
    const ask = await host(source);
    expect(await ask()).toEqual({ failed: expect.stringContaining(expected) });
  });

  it('[C1][C4] a module that hangs is ended at its limit and asked anew in another thread', async () => {
    const ask = await host('hangs', { timeout: 50 });
    expect(await ask()).toEqual({ failed: 'it did not answer within 50 ms' });
    expect(await ask()).toEqual({ failed: 'it did not answer within 50 ms' });
  });

  it('[C1][C4] is left alone for a while after failures in a row', async () => {
    const clock = new FakeClock();
    const ask = await host('throws', {}, clock);
    for (let count = 0; count < 5; count++) expect(await ask()).toEqual({ failed: 'no such day' });
    expect(await ask()).toEqual({ failed: 'it rests for 30 s after 5 failures: no such day' });
    expect(open.at(-1)?.health()).toEqual([{ name: 'mine', resting: 30, lastFailure: 'no such day' }]);
    clock.advance(30_000);
    expect(await ask()).toEqual({ failed: 'no such day' });
  });

  it('[F1] bounds what waits, knows no other names, and answers after its end', async () => {
    const clock = new FakeClock();
    const ask = await host('hangs', {}, clock);
    const waiting = Array.from({ length: 256 }, () => ask());
    expect(await ask()).toEqual({ failed: 'too many questions wait for it' });
    expect(await open.at(-1)?.ask('other', request(), body)).toEqual({ failed: 'there is no such module' });
    await open.at(-1)?.close();
    expect(await waiting[0]).toEqual({ failed: 'the daemon stops' });
    expect(await ask()).toEqual({ failed: 'the daemon stops' });
  });
});
