import { encodeSseEvent, errorSseEvent } from '@ccproxy/wire';
import { bedrockError } from './bedrock-error.js';
import { providersErrors } from '@ccproxy/providers';
import type { EventFrame } from './event-frames.js';

const typeAtStart = '{"type":"';

/**
 * The Anthropic event stream inside the frames of Bedrock: each `chunk` holds the JSON of one event, which is passed on as it came. An
 * exception ends the stream with an `error` event. Throws CCP_UPSTREAM_MALFORMED for a chunk without an event.
 */
export async function* toSse(frames: AsyncIterable<EventFrame>): AsyncGenerator<string> {
  for await (const { headers, payload } of frames) {
    const kind = headers[':message-type'];
    if (kind === 'exception' || kind === 'error') {
      const exception = headers[':exception-type'] ?? headers[':error-code'] ?? '';
      const said = headers[':error-message'];
      const { type, message } = bedrockError(
        exception,
        said === undefined ? payload : Buffer.from(JSON.stringify({ message: said })),
        undefined,
      );
      yield errorSseEvent(type, message);
      return;
    }
    // Kinds of events that are new are no part of the answer.
    if (headers[':event-type'] !== 'chunk') continue;
    const data = eventOf(payload);
    yield encodeSseEvent(typeOf(data), data);
  }
}

function eventOf(payload: Buffer): string {
  const { bytes } = parsed(payload.toString('utf8')) as { bytes?: unknown };
  if (typeof bytes !== 'string') throw noEvent();
  return Buffer.from(bytes, 'base64').toString('utf8');
}

/** The type of an event, without parsing it where it stands first, as it always does. */
function typeOf(data: string): string {
  const end = data.startsWith(typeAtStart) ? data.indexOf('"', typeAtStart.length) : -1;
  if (end > 0) return data.slice(typeAtStart.length, end);
  const { type } = parsed(data) as { type?: unknown };
  if (typeof type !== 'string') throw noEvent();
  return type;
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw noEvent();
}

const noEvent = () => providersErrors.CCP_UPSTREAM_MALFORMED({ message: 'a chunk of Bedrock holds no event' });
