import {
  createProcesses,
  createTempHome,
  type FakeAnthropic,
  type Processes,
  startDaemon,
  startFakeAnthropic,
  waitFor,
} from '@ccproxy-internal/test-kit';
import { clientBin } from './client-bin.ts';
import { clientEnvironment } from './client-environment.ts';
import { createClientHome } from './client-home.ts';
import { startOutboundTrap } from './outbound-trap.ts';
import { createSide, type Side } from './side.ts';

/** Targets, each with an upstream of its own: who got a request is seen at the other end. */
export const targets = ['default', 'compaction', 'explore', 'agents', 'titles', 'small'] as const;
export type TargetName = (typeof targets)[number];

/** A rule for every kind of request; the order is part of it. */
const routes = [
  { name: 'compaction', when: { class: 'compaction' }, to: 'compaction' },
  { name: 'explorers', when: { agentType: 'Explore' }, to: 'explore' },
  { name: 'other-agents', when: { class: ['subagent', 'workflow'] }, to: 'agents' },
  { name: 'titles', when: { all: [{ class: 'auxiliary' }, { system: '*You are naming a coding session*' }] }, to: 'titles' },
  { name: 'small-things', when: { class: 'auxiliary' }, to: 'small' },
];

/** What the client wants of a compaction; without it, it asks again. */
const summary = '<analysis>short</analysis>\n<summary>They greeted each other.</summary>';

export interface ClassWorld {
  readonly upstreams: Readonly<Record<TargetName, FakeAnthropic>>;
  readonly side: Side;
  readonly processes: Processes;
  /** Waits until the upstream of a target has had so many requests, and nothing is on its way. */
  reached(target: TargetName, count: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A daemon with the rules above, and a client that may do everything it does by default: titles too. */
export async function openClassWorld(env: Readonly<Record<string, string>>): Promise<ClassWorld> {
  await using stack = new AsyncDisposableStack();
  const home = stack.use(createClientHome());
  const daemonHome = stack.use(createTempHome());
  const trap = stack.adopt(await startOutboundTrap(), (open) => open.close());
  const processes = stack.use(createProcesses());
  const started = await Promise.all(targets.map(async (name) => [name, stack.use(await startFakeAnthropic())] as const));
  const upstreams = Object.fromEntries(started) as Record<TargetName, FakeAnthropic>;
  upstreams.compaction.script([{ text: summary, repeat: 0 }]);
  const daemon = await startDaemon({
    home: daemonHome,
    processes,
    config: {
      providers: Object.fromEntries(started.map(([name, { url }]) => [`of-${name}`, { type: 'anthropic', baseUrl: url, auth: 'client' }])),
      models: Object.fromEntries(targets.map((name) => [name, { provider: `of-${name}` }])),
      routes,
    },
  });
  const { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: _noTitles, ...base } = clientEnvironment({
    home: home.home,
    login: 'token',
    outboundTrap: trap.url,
  });
  const side = createSide({
    name: 'through',
    home,
    url: daemon.url,
    processes,
    command: [clientBin()],
    env: { ...base, ...env, ANTHROPIC_BASE_URL: daemon.url },
  });
  const open = stack.move();
  return {
    upstreams,
    side,
    processes,
    async reached(target, count) {
      const idle = (): boolean => started.every(([, upstream]) => upstream.open() === 0);
      await waitFor(() => upstreams[target].messages().length >= count && idle(), {
        what: `request ${count} at the upstream of ${target}`,
        timeoutMs: 90_000,
      });
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
