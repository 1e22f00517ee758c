import type { CcproxyError, Timer } from '@ccproxy/kernel';
import type { HeaderFields } from '@ccproxy/providers';
import {
  createStreamPrelude,
  createUsageTap,
  type PreludeVerdict,
  type StreamPrelude,
  type UsageReport,
  type UsageTap,
} from '@ccproxy/wire';
import type { Attempt } from './attempt.js';
import { errors } from './errors.js';
import { endsMessage, EventFramer } from './event-framer.js';
import type { Relay } from './relay.js';

/** How long `message_start` waits for the first content, ms (architecture §4, commit point). */
const COMMIT_AFTER = 2000;
/** Bytes of one event. */
const LARGEST_EVENT = 16 * 1024 * 1024;
const nothing = Buffer.alloc(0);

/**
 * Carries an event stream, byte for byte. Until the commit point everything is held and another target may be asked; from then on events
 * go out whole as they come. The events that end the message wait until the row is closed.
 *
 * A provider that writes each event for itself makes each an HTTP chunk, and hundreds of them come with one read of the socket: what came
 * with one read is looked at and written as one.
 */
export class StreamRelay implements Relay {
  readonly #attempt: Attempt;
  readonly #status: number;
  readonly #headers: HeaderFields;
  readonly #tap: UsageTap = createUsageTap();
  readonly #framer = new EventFramer();
  #prelude: StreamPrelude | undefined = createStreamPrelude();
  /** What came with the read that is being taken apart. */
  #arrived: Buffer[] = [];
  readonly #passOn = (): void => this.#forward(this.#joined());
  #commitTimer: Timer | undefined;
  /** Set while the last events wait for the row; what comes after them waits with them. */
  #closing: Buffer[] | undefined;
  #complete = false;
  #ended = false;
  #report: UsageReport | undefined;

  constructor(attempt: Attempt, status: number, headers: HeaderFields) {
    this.#attempt = attempt;
    this.#status = status;
    this.#headers = headers;
  }

  data(chunk: Buffer): void {
    if (this.#prelude === undefined && (this.#arrived.length > 0 || this.#attempt.client.writing)) {
      // A further one of the same read: the rest follows before the next tick.
      if (this.#arrived.push(chunk) === 1) process.nextTick(this.#passOn);
      return;
    }
    this.#tap.push(chunk);
    if (this.#prelude === undefined) this.#forward(chunk);
    else this.#judge(this.#prelude.push(chunk), this.#prelude);
  }

  end(): void {
    this.#passOn();
    this.#ended = true;
    if (this.#prelude !== undefined) {
      const verdict = this.#prelude.end();
      if (verdict === 'wait') {
        const message = `The provider "${this.#attempt.provider}" ended its stream before any content.`;
        this.#attempt.failed({ kind: 'error', error: errors.CCP_GATEWAY_BAD_ANSWER({ message }) });
        return;
      }
      this.#judge(verdict, this.#prelude);
      if (this.#prelude !== undefined) return;
    }
    if (this.#closing !== undefined) return;
    if (this.#complete) this.#attempt.client.end();
    else this.#endUnfinished();
  }

  fail(error: CcproxyError): void {
    this.#passOn();
    this.stop();
    if (this.#prelude !== undefined) {
      this.#attempt.failed({ kind: 'error', error });
      return;
    }
    this.#ended = true;
    if (this.#closing !== undefined) return;
    if (this.#complete) this.#attempt.client.end();
    else this.#break(error);
  }

  report(): UsageReport {
    this.#joined();
    this.#report ??= this.#tap.end();
    return this.#report;
  }

  stop(): void {
    this.#joined();
    this.#commitTimer?.clear();
    this.#commitTimer = undefined;
  }

  #judge(verdict: PreludeVerdict, prelude: StreamPrelude): void {
    if (verdict === 'commit') {
      this.#commit(prelude);
    } else if (verdict !== 'wait') {
      // When nothing else can be tried, the provider's own error event goes to the client as it came.
      if (!this.#attempt.passOn(verdict.error)) this.#commit(prelude);
    } else if (prelude.sawMessageStart) {
      this.#commitTimer ??= this.#attempt.clock.setTimeout(() => {
        if (this.#prelude !== undefined) this.#commit(this.#prelude);
      }, COMMIT_AFTER);
    }
  }

  #commit(prelude: StreamPrelude): void {
    this.stop();
    this.#prelude = undefined;
    const { 'content-length': _length, ...headers } = this.#headers;
    this.#attempt.client.startStream(this.#status, this.#attempt.head(headers));
    for (const chunk of prelude.take()) this.#forward(chunk);
  }

  /** The bytes that arrived, seen by the tap; they are not kept any longer. */
  #joined(): Buffer {
    const [first = nothing] = this.#arrived;
    const bytes = this.#arrived.length > 1 ? Buffer.concat(this.#arrived) : first;
    if (bytes.length > 0) {
      this.#arrived = [];
      this.#tap.push(bytes);
    }
    return bytes;
  }

  #forward(chunk: Buffer): void {
    if (chunk.length === 0) return;
    const events = this.#framer.push(chunk);
    if (events.length === 0) {
      if (this.#framer.pendingBytes > LARGEST_EVENT) this.#refuseEvent();
      return;
    }
    if (this.#closing !== undefined) this.#closing.push(...events);
    else if (!this.#complete && endsMessage(events)) this.#finish(events);
    else for (const piece of events) this.#attempt.client.write(piece);
  }

  #finish(events: readonly Buffer[]): void {
    const held = [...events];
    this.#closing = held;
    this.#attempt.succeeded('ok', () => {
      this.#closing = undefined;
      this.#complete = true;
      if (this.#ended) this.#attempt.client.end(held.length === 1 ? held[0] : Buffer.concat(held));
      else for (const bytes of held) this.#attempt.client.write(bytes);
    });
  }

  /** The stream is over without `message_stop` at the end of a line: said in another way, an error of the provider, or cut off. */
  #endUnfinished(): void {
    const { sawMessageStop, sawError } = this.report();
    if (sawMessageStop || sawError) {
      const rest = this.#framer.rest();
      this.#attempt.succeeded(sawMessageStop ? 'ok' : 'partial', () => this.#attempt.client.end(rest));
      return;
    }
    this.#break(
      errors.CCP_GATEWAY_CUT({ message: `The provider "${this.#attempt.provider}" ended its stream in the middle of the message.` }),
    );
  }

  #refuseEvent(): void {
    const message = `The provider "${this.#attempt.provider}" sent an event of more than ${LARGEST_EVENT} bytes.`;
    this.#framer.rest();
    this.#attempt.hangUp();
    this.#break(errors.CCP_GATEWAY_EVENT_TOO_LARGE({ message }));
  }

  #break(error: CcproxyError): void {
    this.#attempt.cut(error, () => this.#attempt.client.failStream(error.anthropicType, error.message, this.#attempt.requestId));
  }
}
