/** One event of a server-sent event stream. */
export interface SseEvent {
  /** `message` when the stream named none. */
  readonly event: string;
  /** The data lines joined by newlines. */
  readonly data: string;
  /** Set when the event itself had an `id` field. */
  readonly id?: string;
  /** Reconnection time, ms. */
  readonly retry?: number;
}

/** A keep-alive as Anthropic writes it; it may stand anywhere in a stream before its end. */
export const SSE_PING = 'event: ping\ndata: {"type": "ping"}\n\n';

const lineBreak = /\r\n|\n|\r/;

/**
 * One event as text, ready to be written. `data` is usually JSON text; line breaks in it become several data lines,
 * which any decoder joins again. Throws TypeError when the event's name holds a line break.
 */
export function encodeSseEvent(event: string, data: string): string {
  if (lineBreak.test(event)) throw new TypeError('encodeSseEvent: line break in an event name');
  const lines = lineBreak.test(data) ? data.split(lineBreak).join('\ndata: ') : data;
  return `event: ${event}\ndata: ${lines}\n\n`;
}
