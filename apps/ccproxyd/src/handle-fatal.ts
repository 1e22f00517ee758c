import type { Logger } from '@ccproxy/kernel';
import type { LogSink } from '@ccproxy/telemetry';

/** The part of `process` this needs. */
export interface FatalSource {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
}

/**
 * One failing request, rule or plugin hurts itself only: an error nobody caught is written down at once, and the daemon goes
 * on. What it may have left half-done is safe on disk: the ledger survives even kill -9.
 */
export function handleFatal(source: FatalSource, log: { readonly logger: Logger; readonly sink: Pick<LogSink, 'flushSync'> }): void {
  const record =
    (message: string) =>
    (error: unknown): void => {
      log.logger.fatal({ err: error }, message);
      log.sink.flushSync();
    };
  source.on('uncaughtException', record('uncaught exception'));
  source.on('unhandledRejection', record('unhandled rejection'));
}
