import { objectMember, parseJsonObject, stringMember } from './json-object.js';
import { SseDecoder } from './sse-decoder.js';
import type { SseEvent } from './sse-event.js';

/** An `error` event that came before any content. */
export interface PreludeError {
  readonly type: string;
  readonly message: string;
  /** The data of the event as it came. */
  readonly raw: string;
}

/** `wait`: nothing binds yet; `commit`: the answer has begun, write what is held; `error`: another attempt may be made. */
export type PreludeVerdict = 'wait' | 'commit' | { readonly error: PreludeError };

/** Holds the beginning of a streamed answer until it is worth committing to (architecture §4, commit point). */
export interface StreamPrelude {
  /** Takes the next bytes. After `commit` or an error the verdict stays; bytes pushed then are still held in order. */
  push(chunk: Buffer): PreludeVerdict;
  /** The stream has ended; `wait` means that it ended before any content. */
  end(): PreludeVerdict;
  /** The held bytes in order; they are held no longer. */
  take(): Buffer[];
  /** Whether `message_start` has arrived. */
  readonly sawMessageStart: boolean;
}

const maxHeldBytes = 64 * 1024;
const committing: ReadonlySet<string> = new Set(['content_block_start', 'content_block_delta', 'message_delta', 'message_stop']);

/**
 * A prelude for one answer. `message_start`, pings, comments and unknown events do not commit; the first content,
 * `message_delta` or `message_stop` does, and so do more than 64 KB. Needs an uncompressed body.
 */
export function createStreamPrelude(): StreamPrelude {
  const decoder = new SseDecoder({ maxEventBytes: maxHeldBytes });
  let held: Buffer[] = [];
  let heldBytes = 0;
  let verdict: PreludeVerdict = 'wait';
  let sawMessageStart = false;

  const judge = (events: readonly SseEvent[]): void => {
    for (const event of events) {
      const next = verdictOf(event);
      if (event.event === 'message_start') sawMessageStart = true;
      if (next === 'wait') continue;
      verdict = next;
      return;
    }
  };
  return {
    push(chunk) {
      held.push(chunk);
      heldBytes += chunk.length;
      if (verdict === 'wait') judge(decoder.push(chunk).events);
      if (verdict === 'wait' && heldBytes > maxHeldBytes) verdict = 'commit';
      return verdict;
    },
    end() {
      if (verdict === 'wait') judge(decoder.end().events);
      return verdict;
    },
    take() {
      const taken = held;
      held = [];
      heldBytes = 0;
      return taken;
    },
    get sawMessageStart() {
      return sawMessageStart;
    },
  };
}

function verdictOf({ event, data }: SseEvent): PreludeVerdict {
  if (committing.has(event)) return 'commit';
  if (event !== 'error') return 'wait';
  const error = objectMember(parseJsonObject(data) ?? {}, 'error') ?? {};
  return {
    error: {
      type: stringMember(error, 'type') ?? 'api_error',
      message: stringMember(error, 'message') ?? 'The upstream reported an error.',
      raw: data,
    },
  };
}
