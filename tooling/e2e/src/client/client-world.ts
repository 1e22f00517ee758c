import {
  ccproxyBin,
  createProcesses,
  createTempHome,
  type Daemon,
  type FakeAnthropic,
  type LoggedRequest,
  type Processes,
  type ScriptStep,
  startDaemon,
  startFakeAnthropic,
  type TempHome,
  waitFor,
} from '@ccproxy-internal/test-kit';
import { join } from 'node:path';
import { clientBin } from './client-bin.ts';
import { clientEnvironment, type Login } from './client-environment.ts';
import { type ClientHome, createClientHome } from './client-home.ts';
import { normalise, type Observation, type SeenRun } from './normalise.ts';
import { type OutboundTrap, startOutboundTrap } from './outbound-trap.ts';
import { createSide, type Side } from './side.ts';

/** What a client does, once directly and once through ccproxy. */
export interface Scenario {
  /** How the client is led to ccproxy: by ANTHROPIC_BASE_URL, by `ccproxy claude`, or by ANTHROPIC_UNIX_SOCKET. `url` by default. */
  readonly way?: 'url' | 'launcher' | 'socket';
  readonly login?: Login;
  /** Further variables of both sides. */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables of the run through ccproxy alone, such as a token of the gateway. */
  readonly throughEnv?: Readonly<Record<string, string>>;
  /** Answers of the upstream, in order; its rules for unscripted requests apply afterwards. */
  readonly script?: readonly ScriptStep[];
  /** Files in the client's home, before it starts. */
  prepare?(home: ClientHome, side: Side): void;
  /** Requests the gateway answers itself, as `GET /v1/models`: the upstream gets them in the direct run only. */
  readonly answeredByGateway?: readonly string[];
  /** Order in which requests are compared, when the client sends them side by side. The order of arrival when absent. */
  readonly order?: (request: LoggedRequest) => string;
  act(side: Side): Promise<SeenRun | readonly SeenRun[]>;
}

/** The same scenario on both sides, before and after it was made comparable. */
export interface Comparison {
  readonly direct: Observation;
  readonly through: Observation;
  readonly raw: Readonly<Record<Side['name'], { readonly requests: readonly LoggedRequest[]; readonly runs: readonly SeenRun[] }>>;
}

/** A fake upstream, a daemon in front of it, and a home for clients. */
export interface ClientWorld {
  readonly upstream: FakeAnthropic;
  readonly daemon: Daemon;
  readonly daemonHome: TempHome;
  readonly clientHome: ClientHome;
  readonly processes: Processes;
  readonly trap: OutboundTrap;
  /** Runs a scenario directly, then through the daemon. */
  compare(scenario: Scenario): Promise<Comparison>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What `ccproxy claude` switches on in the client: the direct run has the same, so that the comparison stays strict. */
const launcherSwitches = {
  CLAUDE_CODE_GATEWAY_HINT_HEADERS: '1',
  ENABLE_TOOL_SEARCH: 'true',
  CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
};

/** A base URL that leads nowhere: with it, only another way can reach the gateway. */
const nowhere = 'http://127.0.0.1:9';

export async function openClientWorld(server: Readonly<Record<string, unknown>> = {}): Promise<ClientWorld> {
  await using stack = new AsyncDisposableStack();
  const home = stack.use(createClientHome());
  const daemonHome = stack.use(createTempHome());
  const upstream = stack.use(await startFakeAnthropic());
  const trap = stack.adopt(await startOutboundTrap(), (open) => open.close());
  const processes = stack.use(createProcesses());
  const daemon = await startDaemon({ home: daemonHome, processes, config: { server, ...configFor(upstream.url) } });

  const sideOf = (name: Side['name'], { way = 'url', login = 'token', env = {}, throughEnv = {} }: Scenario): Side => {
    const client = clientBin();
    const direct = name === 'direct';
    const base = { ...clientEnvironment({ home: home.home, login, outboundTrap: trap.url }), ...env, ...(direct ? {} : throughEnv) };
    const url = direct ? upstream.url : daemon.url;
    const place = { name, home, url, processes, command: [client] };
    if (way === 'launcher') {
      if (direct) return createSide({ ...place, env: { ...base, ...launcherSwitches, ANTHROPIC_BASE_URL: upstream.url } });
      const launcher = [process.execPath, ccproxyBin, 'claude', '--state-dir', daemonHome.stateDir, '--claude-bin', client, '--'];
      return createSide({ ...place, command: launcher, env: { ...base, ANTHROPIC_BASE_URL: nowhere } });
    }
    if (way === 'socket' && !direct) {
      const socket = join(daemonHome.stateDir, 'run', 'gateway.sock');
      return createSide({ ...place, env: { ...base, ANTHROPIC_BASE_URL: nowhere, ANTHROPIC_UNIX_SOCKET: socket } });
    }
    return createSide({ ...place, env: { ...base, ANTHROPIC_BASE_URL: url } });
  };

  const observe = async (name: Side['name'], scenario: Scenario) => {
    const side = sideOf(name, scenario);
    home.renew();
    scenario.prepare?.(home, side);
    upstream.reset();
    upstream.script(scenario.script ?? []);
    const runs = [await scenario.act(side)].flat();
    await waitFor(() => upstream.open() === 0, { what: 'the end of every request at the upstream', timeoutMs: 60_000 });
    const { order, answeredByGateway = [] } = scenario;
    const requests = upstream.requests.filter(
      (request) => name === 'through' || !answeredByGateway.includes(`${request.method} ${request.path}`),
    );
    return { requests: order === undefined ? requests : requests.toSorted((a, b) => compareText(order(a), order(b))), runs };
  };

  const open = stack.move();
  return {
    upstream,
    daemon,
    daemonHome,
    clientHome: home,
    processes,
    trap,
    compare: async (scenario) => {
      const direct = await observe('direct', scenario);
      const through = await observe('through', scenario);
      return {
        direct: normalise(direct.requests, direct.runs),
        through: normalise(through.requests, through.runs),
        raw: { direct, through },
      };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** The configuration `config init` writes, with the fake in the place of Anthropic and a second target. */
export const configFor = (upstream: string): Readonly<Record<string, unknown>> => ({
  providers: { anthropic: { type: 'anthropic', baseUrl: upstream, auth: 'client' } },
  models: { default: { provider: 'anthropic' }, fast: { provider: 'anthropic', model: 'claude-haiku-5-5' } },
});

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
