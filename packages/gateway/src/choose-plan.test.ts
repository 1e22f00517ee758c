import { compileRoutes } from '@ccproxy/router';
import { createCalibration } from '@ccproxy/tokens';
import { describe, expect, it } from 'vitest';
import { choosePlan } from './choose-plan.js';
import { admitBody, requestFacts } from './messages-request.js';
import { gatewayConfig, providerConfig, target } from './testing/gateway-harness.js';

const config = gatewayConfig({
  providers: [providerConfig('a', 'http://127.0.0.1:1'), providerConfig('b', 'http://127.0.0.1:2')],
  models: [target('default', 'a'), target('long', 'b')],
  routes: [{ name: 'long-context', when: { tokens: { over: 1000 } }, to: 'long', fallback: [] }],
});
const table = compileRoutes(config);
const ask = (text: string, headers = {}) => {
  const view = admitBody(Buffer.from(JSON.stringify({ model: 'claude-x', messages: [{ role: 'user', content: text }] })));
  return requestFacts(view, headers, view.bytes / 4, createCalibration({ capacity: 1 }));
};
const anyone = { kind: 'gateway', id: 'x' } as const;

describe('choosePlan', () => {
  it('[C8] satisfies the need for a count with the calibrated estimate', () => {
    const near = ask('x'.repeat(3900));
    expect(choosePlan(near, table, new Map(), anyone).route).toBe('default');
    const above = ask('x'.repeat(4300));
    expect(choosePlan(above, table, new Map(), anyone).route).toBe('long-context');
  });

  it('[C2] reads class, agent and session from the headers, and ignores what it does not know', () => {
    const headers = { 'x-claude-code-request-class': 'subagent', 'x-claude-code-agent-type': 'Plan', 'x-claude-code-session-id': 's-1' };
    expect(ask('hi', headers)).toMatchObject({
      class: 'subagent',
      agentType: 'Plan',
      sessionId: 's-1',
      stream: false,
      tokens: { exact: false },
    });
    expect(ask('hi', { 'x-claude-code-request-class': 'brand-new' }).class).toBeUndefined();
  });

  it('[C4] refuses with a code when there is no target', () => {
    const empty = compileRoutes(gatewayConfig({ providers: [], models: [] }));
    expect(() => choosePlan(ask('hi'), empty, new Map(), anyone)).toThrow(
      expect.objectContaining({ code: 'CCP_GATEWAY_NO_ROUTE', httpStatus: 400 }),
    );
  });
});
