import { parseArgs } from 'node:util';
import { errors } from './errors.js';

/** What the command line of `ccproxyd` may say; every value is optional. */
export interface DaemonOptions {
  readonly config: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly stateDir: string | undefined;
  readonly logDir: string | undefined;
  /** Logs also go to stderr and the URL to stdout; Ctrl-C drains. */
  readonly foreground: boolean;
  /** The predecessor hands over its listening socket through the channel of the parent process. */
  readonly takeover: boolean;
  /** A predecessor was pinned by `ccproxy start`; so is this one. */
  readonly pinned: boolean;
  /** Started by the way, by a command that wanted a session: it may stop by itself. */
  readonly auto: boolean;
}

const usage = 'ccproxyd [--config FILE] [--host HOST] [--port N] [--state-dir DIR] [--log-dir DIR] [--foreground]';

/** Parses the arguments after the program name; CCP_DAEMON_USAGE names what was wrong. */
export function parseDaemonOptions(argv: readonly string[]): DaemonOptions {
  const values = parseStrictly(argv);
  return {
    config: values.config,
    host: values.host,
    port: values.port === undefined ? undefined : parsePort(values.port),
    stateDir: values['state-dir'],
    logDir: values['log-dir'],
    foreground: values.foreground ?? false,
    takeover: values.takeover ?? false,
    pinned: values.pinned ?? false,
    auto: values.auto ?? false,
  };
}

function parseStrictly(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        config: { type: 'string' },
        host: { type: 'string' },
        port: { type: 'string' },
        'state-dir': { type: 'string' },
        'log-dir': { type: 'string' },
        foreground: { type: 'boolean' },
        takeover: { type: 'boolean' },
        pinned: { type: 'boolean' },
        auto: { type: 'boolean' },
      },
    }).values;
  } catch (cause) {
    throw errors.CCP_DAEMON_USAGE({ message: (cause as Error).message, hint: `Usage: ${usage}`, cause });
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw errors.CCP_DAEMON_USAGE({ message: `--port takes a number from 1 to 65535, not "${text}"`, hint: `Usage: ${usage}` });
}
