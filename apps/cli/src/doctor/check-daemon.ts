import { connect } from 'node:net';
import { connectDaemon, createDaemonClient, type DaemonClient, type DaemonStatusReport } from '@ccproxy/client/connect';
import { portOwner } from '@ccproxy/http/port-owner';
import { type AppPaths, CcproxyError } from '@ccproxy/kernel';
import { startWarnings } from '../start-warnings.js';
import { type Finding, ok, problem, warning } from './finding.js';

export interface DaemonCheck {
  readonly paths: AppPaths;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  readonly config: string | undefined;
  readonly cwd: string;
  /** Port a daemon started now would take first. */
  readonly port: number;
}

/** Whether the daemon runs, is of this version and configuration, what it cannot reach, and who has its port when it does not run. */
export async function checkDaemon(options: DaemonCheck): Promise<{ findings: Finding[]; status: DaemonStatusReport | undefined }> {
  const check = 'daemon';
  const { paths, version } = options;
  try {
    const connection = await connectDaemon({ paths, client: 'ccproxy doctor', version });
    const status = await statusOf(createDaemonClient(connection));
    const warnings = startWarnings(status, options).map((sentence) => warning(check, sentence, 'ccproxy restart'));
    const future = status.startTime - Date.now();
    const clock =
      future > 60_000
        ? [
            warning(
              'clock',
              `the daemon started ${Math.round(future / 1000)} s in the future: the clock was set back`,
              'Check the time of this machine.',
            ),
          ]
        : [];
    return {
      findings: [
        ...configurationOf(status),
        ...providersOf(status),
        ok(check, `runs on ${status.url} (pid ${status.pid}, version ${status.version})`),
        ...warnings,
        ...clock,
      ],
      status,
    };
  } catch (error) {
    if (!CcproxyError.isInstance(error)) throw error;
    if (error.code !== 'CCP_DAEMON_NOT_RUNNING') return { findings: [problem(check, error.message, error.hint)], status: undefined };
    return {
      findings: [ok(check, 'does not run; `ccproxy claude` or `ccproxy start` starts it'), ...(await checkPort(options.port))],
      status: undefined,
    };
  }
}

/** A changed file the daemon could not take, or not wholly. */
function configurationOf({ configState }: DaemonStatusReport): Finding[] {
  if (configState === undefined) return [];
  const { failure, restart } = configState;
  return [
    ...(failure === null
      ? []
      : [
          problem(
            'configuration',
            `the running daemon cannot use the changed file and serves with the one before: ${failure.message}`,
            'Correct it; `ccproxy config validate` shows everything that is wrong.',
          ),
        ]),
    ...(restart.length === 0 ? [] : [warning('configuration', `${restart.join(', ')} changed and wait for a restart`, 'ccproxy restart')]),
  ];
}

/** Providers the daemon cannot use now, for whatever reason it has found. */
function providersOf({ providers }: DaemonStatusReport): Finding[] {
  return providers.flatMap(({ name, available, reason }) =>
    available
      ? []
      : [
          warning(
            'provider',
            `provider ${name} cannot be used: ${reason ?? 'no reason given'}`,
            'Mend what it names; `ccproxy status` shows when it is well.',
          ),
        ],
  );
}

async function checkPort(port: number): Promise<Finding[]> {
  const owner = await portOwner(port);
  if (owner === undefined && (await somebodyAnswers(port))) {
    return [
      warning(
        'port',
        `${port} is taken by a program of another user`,
        'Nothing to do: ccproxy takes a free port and remembers it, and shells drop the old one. Do not start a client with ANTHROPIC_BASE_URL set by hand to it.',
      ),
    ];
  }
  if (owner === undefined) return [ok('port', `${port} is free`)];
  return [
    warning(
      'port',
      `${port} is taken by ${owner.command || 'a program'} (pid ${owner.pid})`,
      'Nothing to do: ccproxy takes a free port and remembers it. To insist on this one, stop that program.',
    ),
  ];
}

/** Who listens may be hidden from us; that somebody does is not. */
function somebodyAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1000 });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

async function statusOf(client: DaemonClient): Promise<DaemonStatusReport> {
  try {
    return await client.status();
  } finally {
    await client.close();
  }
}
