import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CcproxyError, Clock } from '@ccproxy/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorAnswer } from './error-answer.js';

export interface SendErrorOptions {
  readonly clock: Clock;
  /** How long, in ms, the rest of an unread body is discarded. */
  readonly linger: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Close the connection after the answer. */
  readonly close?: boolean;
}

const bodyPending = (request: IncomingMessage): boolean =>
  !request.complete && (request.headers['transfer-encoding'] !== undefined || (request.headers['content-length'] ?? '0') !== '0');

/**
 * Closing a socket with unread bytes resets it, and the client may lose the answer: so the rest is discarded for a while,
 * and the answer, already complete for the client by its length, is ended then.
 */
function endWhenRead(request: IncomingMessage, response: ServerResponse, { clock, linger }: SendErrorOptions): void {
  const finish = (): void => {
    timer.clear();
    request.off('end', finish).off('close', finish);
    response.end();
    if (!request.complete) request.destroy();
  };
  const timer = clock.setTimeout(finish, linger, { unref: true });
  request.on('end', finish).on('close', finish).resume();
}

/** Answers with a coded error, whatever state the request is in. After the head went out the connection is cut instead. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: CcproxyError, options: SendErrorOptions): void {
  const response = reply.raw;
  if (!reply.sent) reply.hijack();
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const answer = errorAnswer(error, request.id);
  const pending = bodyPending(request.raw);
  response.writeHead(answer.status, {
    'x-ccproxy-request-id': request.id,
    ...answer.headers,
    ...options.headers,
    ...(pending || options.close === true ? { connection: 'close' } : {}),
  });
  if (!pending || error.httpStatus === 408) {
    response.end(answer.body);
    return;
  }
  response.write(answer.body);
  endWhenRead(request.raw, response, options);
}
