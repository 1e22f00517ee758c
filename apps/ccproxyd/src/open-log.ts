import { type Clock, type LogLevel, type Redactor } from '@ccproxy/kernel';
import {
  createAccessLog,
  createLogger,
  createLogSink,
  createStreamSink,
  type AccessLog,
  type LeveledLogger,
  type LogSink,
  teeSink,
} from '@ccproxy/telemetry';

/** Where the daemon's lines go, all of them through the one redactor. */
export interface DaemonLog {
  readonly sink: LogSink;
  readonly logger: LeveledLogger;
  readonly access: AccessLog;
  close(): Promise<void>;
}

/** Opens the rotated log file; in the foreground the lines also go to stderr. */
export async function openLog(options: {
  readonly file: string;
  readonly level: LogLevel;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly stderr: NodeJS.WriteStream | undefined;
}): Promise<DaemonLog> {
  const stderr = options.stderr ?? process.stderr;
  const file = await createLogSink({
    file: options.file,
    redactor: options.redactor,
    clock: options.clock,
    onProblem: (problem) => stderr.write(`${problem.message}\n`),
  });
  const sink = options.stderr === undefined ? file : teeSink(file, createStreamSink(options.stderr, options.redactor));
  const access = createAccessLog({ sink, clock: options.clock });
  return {
    sink,
    logger: createLogger({ sink, level: options.level, base: { pid: process.pid } }),
    access,
    async close() {
      access.flush();
      await sink.close();
    },
  };
}
