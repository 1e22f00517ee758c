import type { CcproxyError } from '@ccproxy/kernel';
import type { UsageReport } from '@ccproxy/wire';

/** Carries the body of one kind of answer from a provider to the client. */
export interface Relay {
  data(chunk: Buffer): void;
  end(): void;
  fail(error: CcproxyError): void;
  /** What was seen of usage; asked once, when the answer is over or was cut. */
  report(): UsageReport | undefined;
  /** Drops timers; nothing is relayed any more. */
  stop(): void;
}
