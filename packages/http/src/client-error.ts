import type { Socket } from 'node:net';
import type { CcproxyError } from '@ccproxy/kernel';
import { errorAnswer } from './error-answer.js';
import { errors } from './errors.js';

const silent = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

function describe(code: string | undefined): CcproxyError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return errors.CCP_HTTP_HEADERS_TOO_LARGE({ message: 'The head of the request is too large.' });
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return errors.CCP_HTTP_BODY_TOO_LARGE({ message: 'The chunk extensions of the request are too large.' });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return errors.CCP_HTTP_TOO_SLOW({ message: 'The request did not arrive in time.' });
    default:
      return errors.CCP_HTTP_BAD_REQUEST({ message: 'The bytes on this connection are not valid HTTP/1.1.' });
  }
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
};

/**
 * Answers bytes that are not a request and closes the connection. `inUse` tells whether an answer is already being written
 * there: then nothing may be put between its bytes.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket, inUse: boolean): void {
  if (!socket.writable || inUse || (error.code !== undefined && silent.has(error.code))) {
    socket.destroy();
    return;
  }
  const answer = errorAnswer(describe(error.code), undefined);
  const head = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${answer.status} ${reasons[answer.status] ?? 'Error'}\r\n${head.join('')}connection: close\r\n\r\n${answer.body}`);
  socket.destroySoon();
}
