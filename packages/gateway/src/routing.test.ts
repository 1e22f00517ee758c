import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Condition, Rule, TargetRule } from '@ccproxy/config';
import type { DecisionRecord } from '@ccproxy/ledger';
import { FakeUpstream, sendError } from '@ccproxy/providers/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type HarnessOptions, messageBody, providerConfig, target } from './testing/gateway-harness.js';
import { TestBed } from './testing/test-bed.js';

const bed = new TestBed();
const dir = mkdtempSync(join(tmpdir(), 'ccp-route-'));
afterEach(() => bed.close());
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const rule = (name: string, when: Condition, rest: Partial<TargetRule> = {}): Rule => ({ name, when, to: 'other', fallback: [], ...rest });
const session = { 'x-claude-code-session-id': '0b9a3f0e-0000-4000-8000-000000000000' };
const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const tools = [{ name: 'Bash', input_schema: {} }];

/** Two upstreams: `default` keeps the client's model, `other` has one of its own. */
async function world(routes: readonly Rule[], options: Partial<HarnessOptions> & { readonly first?: FakeUpstream } = {}) {
  const [first, second] = [options.first ?? (await bed.upstream()), await bed.upstream()];
  const decisions: DecisionRecord[] = [];
  const gateway = await bed.gateway({
    providers: [providerConfig('first', first.url), providerConfig('second', second.url)],
    models: [target('default', 'first'), target('other', 'second', { model: 'claude-other' })],
    routes,
    ...options,
    deps: { decisions: { record: (make) => decisions.push(make()), recent: () => Promise.resolve(decisions) } },
  });
  /** Sends a conversation; the route it took and the target that got it. */
  const say = async (fields: object, headers: Record<string, string> = session): Promise<string> => {
    const answer = await gateway.ask({ body: messageBody({ tools, ...fields }), headers });
    expect(answer.status).toBe(200);
    return `${String(answer.headers['x-ccproxy-route'])} ${String(answer.headers['x-ccproxy-target'])}`;
  };
  return { ...gateway, say, decisions, first, second };
}

describe('a conversation through the gateway', () => {
  const opening = [user('hello')];
  const goesOn = [
    ...opening,
    assistant([{ type: 'tool_use', id: 't', name: 'Bash', input: {} }]),
    user([{ type: 'tool_result', tool_use_id: 't' }]),
  ];
  const nextTurn = [...goesOn, assistant('done'), user('thanks')];

  it('[C23] stays with its target although a rule fires, and the decision says what that saves', async () => {
    const { say, decisions } = await world([rule('tools', { tool: { used: ['Bash'] } })]);
    expect(await say({ messages: opening })).toBe('default default');
    expect(await say({ messages: goesOn })).toBe('affinity default');
    expect(await say({ messages: nextTurn })).toBe('affinity default');
    // Another session has the same words and no past.
    expect(await say({ messages: nextTurn }, { ...session, 'x-claude-code-session-id': 'another-one' })).toBe('tools other');
    await expect.poll(() => decisions.length).toBe(4);
    expect(decisions[1]?.facts['move']).toMatchObject({ kept: true, from: 'default', to: 'other', cachedTokens: 35 });
    expect(decisions[1]?.explanation.find(({ fired }) => fired)).toMatchObject({
      rule: 'affinity',
      because: [expect.stringContaining('35 cached tokens')],
    });
  });

  it('[C23] moves when a turn begins, where a rule names a reason', async () => {
    const { say, second } = await world([rule('tools', { tool: { used: ['Bash'] } }, { moves: 'turn', reason: 'the tools are there' })]);
    expect(await say({ messages: opening })).toBe('default default');
    expect(await say({ messages: goesOn })).toBe('affinity default');
    expect(await say({ messages: nextTurn })).toBe('tools other');
    expect(second.seen.map(({ body }) => (JSON.parse(body.toString()) as { model: string }).model)).toEqual(['claude-other']);
  });

  it('[C23] stays with a fallback within a turn, and goes back with the next one', async () => {
    let down = true;
    const first = await FakeUpstream.listen((exchange) => {
      if (down) sendError(exchange, 529, 'overloaded_error');
      else exchange.response.writeHead(200, { 'content-type': 'application/json' }).end('{"type":"message"}');
    });
    const { say } = await world([], {
      first,
      models: [target('default', 'first', { fallback: ['other'] }), target('other', 'second', { model: 'm' })],
    });
    expect(await say({ messages: opening })).toBe('default other');
    down = false;
    expect(await say({ messages: goesOn })).toBe('default other');
    expect(await say({ messages: nextTurn })).toBe('default default');
    await first.close();
  });

  it('[C23] is not bound by requests beside it, nor without a session by ones that only look alike', async () => {
    const routes = [rule('compaction', { class: ['compaction'] }), rule('stream', { stream: false })];
    const { say } = await world(routes);
    expect(await say({ messages: opening })).toBe('default default');
    expect(await say({ messages: opening }, { ...session, 'x-claude-code-request-class': 'compaction' })).toBe('compaction other');
    expect(await say({ messages: goesOn })).toBe('default default');
    expect(await say({ messages: opening }, {})).toBe('default default');
    expect(await say({ messages: opening, stream: false }, {})).toBe('stream other');
    expect(await say({ messages: [...opening, assistant('x'), user('y')] }, {})).toBe('affinity other');
  });

  it('[C8] knows its tokens from the last answer', async () => {
    const { say, decisions } = await world([rule('long', { tokens: { over: 1000 } })]);
    // 3,700 bytes are 1,000 tokens by their size, and 35 by what the provider reports.
    expect(await say({ messages: [user('x'.repeat(3000))], tools: [] })).toBe('default default');
    expect(await say({ messages: [user('x'.repeat(3000)), assistant('y'), user('z'.repeat(1000))], tools: [] })).toBe('default default');
    await expect.poll(() => decisions.length).toBe(2);
    expect(decisions.map(({ facts }) => facts['tokens'])).toMatchObject([{ by: 'bytes' }, { by: 'turn' }]);
    const known = decisions[1]?.facts['tokens'] as { estimate: number } | undefined;
    expect(known?.estimate).toBeLessThan(400);
    expect(decisions[1]).toMatchObject({ target: 'default', usage: { inputTokens: 25, cacheReadTokens: 7 } });
    expect(decisions[1]).not.toHaveProperty('model');
    await say({ messages: [user('x'.repeat(9000))] }, {});
    await expect.poll(() => decisions[2]).toMatchObject({ target: 'other', model: 'claude-other', facts: { model: 'claude-x' } });
  });

  it('[C8] is counted by a tokenizer near a threshold', async () => {
    const { say, decisions } = await world([rule('long', { tokens: { over: 1000 } })]);
    let asked = 0;
    // Each is a conversation of its own. A slow machine gives up counting the first ones, while the tokenizer is loaded.
    const counted = async (text: string): Promise<string> => {
      asked += 1;
      const way = await say({ messages: [user(`${asked} ${text}`)], tools: [] });
      await expect.poll(() => decisions.length).toBe(asked);
      const tokens = decisions[asked - 1]?.facts['tokens'] as { exact: boolean; by: string } | undefined;
      return tokens?.exact === true ? `${way} by ${tokens.by}` : 'estimated';
    };
    await expect.poll(() => counted('word '.repeat(700))).toBe('default default by tokenizer');
    await expect.poll(() => counted('a b c d e f '.repeat(300))).toBe('long other by tokenizer');
  });
});

describe('a routing module through the gateway', () => {
  const withModule = (source: string, routes: readonly Rule[], timeout = 20_000) => {
    const module = join(dir, `${Math.abs(source.length * 31 + timeout)}.mjs`);
    writeFileSync(module, source);
    const plugins = { routing: { mine: { name: 'mine', module, timeout, body: true, onFailure: 'skip' as const } } };
    return world(routes, { plugins });
  };
  const asks = [rule('mine', { custom: 'mine' })];

  it('[C1] decides with the features and the body, and never sees a credential', async () => {
    const { say, second } = await withModule(
      'export default ({ headers, body }) => body.messages[0].content === "go" && !JSON.stringify(headers).includes("sk-ant") && "second,from-module";',
      asks,
    );
    expect(await say({ messages: [user('go')] })).toBe('mine second,from-module');
    expect(await say({ messages: [user('stay')] })).toBe('default default');
    expect(second.seen[0]?.body.toString()).toContain('"model":"from-module"');
  });

  it('[C1][C4] that hangs costs its limit and nothing else', async () => {
    const { say, decisions, module } = await withModule('export default () => { for (;;); }', asks, 50);
    expect(await say({ messages: [user('x')] })).toBe('default default');
    await expect.poll(() => decisions.length).toBe(1);
    expect(decisions[0]?.explanation).toContainEqual({
      rule: 'mine',
      fired: false,
      because: ['the module mine failed: it did not answer within 50 ms'],
    });
    expect(module.health?.()).toMatchObject({ modules: [{ name: 'mine', lastFailure: 'it did not answer within 50 ms' }] });
  });

  it('[C1] a client that leaves while it is asked is not served', async () => {
    const [asked, go] = [join(dir, 'asked'), join(dir, 'go')];
    const source = `import { existsSync, writeFileSync } from 'node:fs';
      export default ({ body }) => {
        if (body.messages[0].content !== 'slow') return false;
        writeFileSync(${JSON.stringify(asked)}, '');
        return new Promise((done) => { const look = setInterval(() => existsSync(${JSON.stringify(go)}) && (clearInterval(look), done(false)), 5); });
      };`;
    const { open, say, first } = await withModule(source, asks);
    const request = open({ headers: session, body: messageBody({ messages: [user('slow')] }) });
    await expect.poll(() => existsSync(asked)).toBe(true);
    request.destroy();
    // The server has seen the other connection close by the time it has answered this one.
    expect(await say({ messages: [user('quick')] })).toBe('default default');
    writeFileSync(go, '');
    expect(await say({ messages: [user('after')] })).toBe('default default');
    expect(first.seen.map(({ body }) => body.toString().includes('slow'))).toEqual([false, false]);
  });
});

describe('facts through the gateway', () => {
  it('[C1] a tag in the system prompt names the target and does not reach it', async () => {
    const routes: Rule[] = [{ name: 'agent', selector: 'tag' }];
    const { say, second } = await world(routes);
    const system = [
      { type: 'text', text: 'x' },
      { type: 'text', text: '<CCR-SUBAGENT-MODEL>second,m</CCR-SUBAGENT-MODEL>You are' },
    ];
    expect(await say({ system, messages: [user('hi')] })).toBe('agent second,m');
    const sent = JSON.parse(second.seen[0]?.body.toString() ?? '') as { model: string; system: { text: string }[] };
    expect([sent.model, sent.system[1]?.text]).toEqual(['m', 'You are']);
  });

  it('[C15] the log keeps features, and nothing of what was said', async () => {
    const { say, decisions } = await world([rule('secret', { system: ['*CANARY-S*'] }), rule('team', { header: { 'x-team': ['a*'] } })]);
    const asked = { system: 'CANARY-SYSTEM', messages: [user('CANARY-PROMPT')] };
    expect(await say(asked, { ...session, 'x-team': 'CANARY-HEADER' })).toBe('secret other');
    await expect.poll(() => decisions.length).toBe(1);
    const text = JSON.stringify(decisions[0]);
    for (const canary of ['CANARY-SYSTEM', 'CANARY-PROMPT', 'CANARY-HEADER']) expect(text).not.toContain(canary);
    expect(decisions[0]?.facts).toMatchObject({ declaredTools: ['Bash'], image: false, thinking: null, user: null });
  });

  it('[C4] a rule that cannot be compiled is set aside; the gateway serves', async () => {
    let deep: Condition = { stream: true };
    for (let depth = 0; depth < 300; depth++) deep = { not: deep };
    const { say } = await world([rule('deep', deep), rule('next', { stream: true })]);
    expect(await say({ messages: [user('x')] })).toBe('next other');
  });
});
