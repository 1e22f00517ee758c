import { createProcesses, createTempHome, startDaemon, waitFor } from '@ccproxy-internal/test-kit';
import { describe, expect, it } from 'vitest';
import { clientBin } from './client-bin.ts';
import { clientEnvironment } from './client-environment.ts';
import { createClientHome } from './client-home.ts';
import { startOutboundTrap } from './outbound-trap.ts';
import { recentLedger } from './recent-ledger.ts';
import { createSide } from './side.ts';

const demo = { provider: 'demo', model: 'demo' };
const config = {
  providers: { demo: { type: 'demo' } },
  models: { default: { provider: 'demo' }, agents: demo, afterwards: demo },
  routes: [
    { name: 'subagents', when: { class: ['subagent'] }, to: 'agents' },
    // Fires once the agent was called: in the middle of the conversation that called it.
    { name: 'afterwards', when: { tool: { used: ['Agent', 'Task'] } }, to: 'afterwards' },
  ],
};

/** Runs the client once against a daemon with the rules above; where each of its requests went, oldest first. */
async function routesOf(prompt: string, env: Readonly<Record<string, string>>): Promise<string[]> {
  await using stack = new AsyncDisposableStack();
  const home = stack.use(createClientHome());
  const daemonHome = stack.use(createTempHome());
  const trap = stack.adopt(await startOutboundTrap(), (open) => open.close());
  const processes = stack.use(createProcesses());
  const daemon = await startDaemon({ home: daemonHome, processes, config });
  const side = createSide({
    name: 'through',
    home,
    url: daemon.url,
    processes,
    command: [clientBin()],
    env: { ...clientEnvironment({ home: home.home, login: 'token', outboundTrap: trap.url }), ...env, ANTHROPIC_BASE_URL: daemon.url },
  });
  const { code } = await side.claude(['-p', prompt]);
  expect(code).toBe(0);
  const rows = () => recentLedger(daemonHome.stateDir, 50);
  await waitFor(async () => (await rows()).every(({ outcome }) => outcome !== undefined), {
    what: 'the end of every request',
    timeoutMs: 30_000,
  });
  return (await rows()).toReversed().map(({ route, target }) => `${String(route)} ${String(target)}`);
}

const callsAgent = '[[tool:Agent {"description":"greet","prompt":"say hi","subagent_type":"general-purpose"}]]';

describe('routing of the real client', () => {
  it.each([
    ['without hints, the class is told from its requests', {}],
    ['with hints', { CLAUDE_CODE_GATEWAY_HINT_HEADERS: '1' }],
  ])('[C1][C23] %s; its conversation stays where it is', async (_name, env) => {
    const routes = await routesOf(callsAgent, env);
    expect(routes[0]).toBe('default default');
    expect(routes).toContain('subagents agents');
    expect(routes).toContain('affinity default');
    expect(routes.filter((route) => route.endsWith('afterwards'))).toEqual([]);
  });
});
