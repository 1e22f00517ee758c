import type { ServerResponse } from 'node:http';
import { sendError, sendText } from './send-json.ts';
import type { ScriptStep } from './script-step.ts';

/** Ways in which the fake can fail. */
export const faultKinds = [
  ...(['400', '401', '403', '404', '413', '429', '500', '502', '503', '504', '529'] as const),
  /** no headers, RST */
  'reset',
  /** RST inside the stream */
  'reset-mid',
  /** clean end before message_stop */
  'eof-mid',
  /** error event inside the stream, or before message_start */
  'sse-error',
  'sse-error-first',
  'invalid-json',
  /** 502 with a page of HTML */
  'html',
  /** no headers, for ever; or silence inside the stream */
  'hang',
  'hang-mid',
  /** first byte after slow_ms */
  'slow',
  /** 200 without a body */
  'empty',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Throws for an unknown name: a test with a typing error must not pass. */
export function asFault(name: string): FaultKind {
  const kind = faultKinds.find((known) => known === name);
  if (kind === undefined) throw new Error(`unknown fault "${name}": one of ${faultKinds.join(', ')}`);
  return kind;
}

export const overloaded = { type: 'overloaded_error', message: 'Overloaded' };

/** Answers a request whose fault needs no content. False: the answer has content, which may break on the way. */
export function sendFault(response: ServerResponse, kind: FaultKind, step: ScriptStep, stream: boolean): boolean {
  switch (kind) {
    case 'reset':
      response.req.socket.resetAndDestroy();
      return true;
    case 'hang':
      return true;
    case 'html':
      sendText(response, 502, 'text/html', '<html><body><h1>502 Bad Gateway</h1></body></html>');
      return true;
    case 'empty':
      sendText(response, 200, stream ? 'text/event-stream' : 'application/json', '');
      return true;
    default:
      if (!/^\d{3}$/.test(kind)) return false;
      sendError(response, Number(kind), step.error, { ...(kind === '429' ? { 'retry-after': '1' } : {}), ...step.headers });
      return true;
  }
}

/** Breaks a stream after its second delta. True: the stream is over. */
export function breakStream(response: ServerResponse, kind: FaultKind, writeError: () => void): boolean {
  switch (kind) {
    case 'reset-mid':
      response.req.socket.resetAndDestroy();
      return true;
    case 'eof-mid':
      response.end();
      return true;
    case 'hang-mid':
      return true;
    case 'sse-error':
      writeError();
      response.end();
      return true;
    case 'invalid-json':
      response.write('event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":\n\n');
      return false;
    default:
      return false;
  }
}
