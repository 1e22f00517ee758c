import type { Clock, Logger, LogLevel } from '@ccproxy/kernel';
import { pino, type Logger as PinoLogger } from 'pino';
import { errorFields } from './error-fields.js';
import { errors } from './errors.js';
import type { LogSink } from './log-sink.js';

const ranks: Readonly<Record<LogLevel, number>> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60, silent: 100 };

export interface LeveledLogger extends Logger {
  readonly level: LogLevel;
  /** Changes the level of this logger and of all its children, from now on. */
  setLevel(level: LogLevel): void;
  child(fields: object): LeveledLogger;
}

export interface LoggerOptions {
  readonly sink: LogSink;
  readonly level: LogLevel;
  /** Fields of every line. */
  readonly base?: Readonly<Record<string, unknown>>;
  readonly clock?: Pick<Clock, 'now'>;
}

/**
 * The logger of a process, by pino: one JSON object per line with `level` (its name), `time` (ISO, UTC), the fields and `msg`. Errors under `err`,
 * `error` and `cause` become plain fields. The sink redacts.
 */
export function createLogger(options: LoggerOptions): LeveledLogger {
  const now = options.clock === undefined ? Date.now : () => options.clock?.now() ?? Date.now();
  const root = pino(
    {
      level: 'trace',
      base: options.base ?? null,
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields, error: errorFields, cause: errorFields },
    },
    { write: (line: string) => options.sink.write(line) },
  );
  return wrap(root, { level: options.level });
}

/** The level named by a user (`--log-level`, CC_PROXY_LOG, `logging.level`). @throws CCP_LOG_LEVEL */
export function parseLogLevel(name: string): LogLevel {
  const level = name.toLowerCase();
  if (Object.hasOwn(ranks, level)) return level as LogLevel;
  throw errors.CCP_LOG_LEVEL({ message: `${JSON.stringify(name.slice(0, 40))} is not a log level` });
}

function wrap(logger: PinoLogger, state: { level: LogLevel }): LeveledLogger {
  const at = (level: Exclude<LogLevel, 'silent'>) => (fields: object, message: string) => {
    if (ranks[level] < ranks[state.level]) return;
    if (fields instanceof Error) logger[level]({ err: fields }, message);
    else logger[level](fields, message);
  };
  return {
    get level() {
      return state.level;
    },
    setLevel(level) {
      state.level = level;
    },
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
    child: (fields) => wrap(logger.child(fields), state),
  };
}
