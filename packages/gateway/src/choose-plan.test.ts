import { compileRoutes, type RequestFacts } from '@ccproxy/router';
import { createCalibration } from '@ccproxy/tokens';
import { FakeClock } from '@ccproxy/kernel/testing';
import { describe, expect, it } from 'vitest';
import { choosePlan } from './choose-plan.js';
import { Conversations } from './conversations.js';
import { messagesRequest } from './messages-request.js';
import { satisfyNeed } from './satisfy-need.js';
import { gatewayConfig, providerConfig, target } from './testing/gateway-harness.js';

const config = gatewayConfig({
  providers: [providerConfig('a', 'http://127.0.0.1:1'), providerConfig('b', 'http://127.0.0.1:2')],
  models: [target('default', 'a'), target('long', 'b')],
  routes: [{ name: 'long-context', when: { tokens: { over: 1000 } }, to: 'long', fallback: [] }],
});
const table = compileRoutes(config);
const conversations = new Conversations({ clock: new FakeClock() });
const calibration = createCalibration({ capacity: 9 });
const ask = (text: string, headers = {}) =>
  messagesRequest(
    {
      id: 'r',
      method: 'POST',
      path: '/v1/messages',
      headers,
      rawHeaders: [],
      principal: { kind: 'gateway', id: 'x' },
      project: undefined,
      body: Buffer.from(JSON.stringify({ model: 'claude-x', messages: [{ role: 'user', content: text }] })),
      startedAt: 0,
      started: 0,
    },
    { calibration, conversations, table },
  );
/** Plans with a counter that says what a test wants. */
const choose = (text: string, counted: { all: number; messages: number } | undefined) => {
  const request = ask(text);
  const modules = { ask: () => Promise.resolve({ holds: false }), start: async () => {}, health: () => [], close: async () => {} };
  const counter = { count: () => Promise.resolve(counted), close: async () => {} };
  const givers = { counter, modules, conversations, calibration };
  return choosePlan(request.facts, {
    table,
    providers: new Map(),
    principal: request.principal,
    satisfy: (need, facts: RequestFacts) => satisfyNeed(need, { ...request, facts }, request.turn, givers),
  });
};

describe('choosePlan', () => {
  it('[C8] counts only where the estimate could be on the wrong side, and decides with the count', async () => {
    const far = choose('x'.repeat(1000), undefined);
    expect(far).toMatchObject({ route: 'default', counted: undefined });
    const near = choose('x'.repeat(3700), { all: 900, messages: 900 });
    expect(near).toBeInstanceOf(Promise);
    expect(await near).toMatchObject({ route: 'default', counted: 900, facts: { tokens: { estimate: 900, exact: true } } });
    expect(await choose('y'.repeat(3700), { all: 1100, messages: 1100 })).toMatchObject({ route: 'long-context', counted: 1100 });
  });

  it('[C8] decides with the estimate when nobody can count', async () => {
    expect(await choose('z'.repeat(3600), undefined)).toMatchObject({
      route: 'default',
      counted: undefined,
      facts: { tokens: { exact: false } },
    });
    expect(await choose('z'.repeat(4300), undefined)).toMatchObject({ route: 'long-context' });
  });

  it('[C8] does not count a conversation twice', () => {
    // Counted above, as the first of its kind.
    expect(choose('x'.repeat(3700), undefined)).toMatchObject({ route: 'default', facts: { tokens: { estimate: 900, margin: 0.005 } } });
  });

  it('[C2] reads class, agent and session from the headers, and ignores what it does not know', () => {
    const headers = { 'x-claude-code-request-class': 'subagent', 'x-claude-code-agent-type': 'Plan', 'x-claude-code-session-id': 's-1' };
    expect(ask('hi', headers).facts).toMatchObject({
      class: 'subagent',
      agentType: 'Plan',
      sessionId: 's-1',
      stream: false,
      tokens: { exact: false },
    });
    expect(ask('hi', { 'x-claude-code-request-class': 'brand-new' }).facts.class).toBeUndefined();
  });

  it('[C4] refuses with a code when there is no target', () => {
    const empty = compileRoutes(gatewayConfig({ providers: [], models: [] }));
    const satisfy = () => Promise.reject(new Error('nothing is asked'));
    expect(() => choosePlan(ask('hi').facts, { table: empty, providers: new Map(), principal: { kind: 'admin' }, satisfy })).toThrow(
      expect.objectContaining({ code: 'CCP_GATEWAY_NO_ROUTE', httpStatus: 400 }),
    );
  });
});
