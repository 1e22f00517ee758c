import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Behaviour, Exchange } from './fake-upstream.js';
import { errorEvent, messageDocument, messageFrames, sendError, streamHead, wantsStream } from './sse-answer.js';

const json = (text: string, headers: Readonly<Record<string, string | string[]>> = {}): Behaviour => {
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(text);
  };
};

const raw = (bytes: string | Buffer): Behaviour => {
  return ({ socket }) => {
    socket.end(bytes);
  };
};

/** Sends `frames` as a stream, or the document when no stream was asked for. */
const stream = (frames: readonly string[], then: (exchange: Exchange) => void = ({ response }) => response.end()): Behaviour => {
  return (exchange) => {
    if (!wantsStream(exchange)) return json(messageDocument())(exchange);
    streamHead(exchange);
    exchange.response.write(frames.join(''));
    return then(exchange);
  };
};

/** Bytes in pieces of `size`, each its own write. */
const drip = (bytes: Buffer, size: number): Behaviour => {
  return async (exchange) => {
    if (!wantsStream(exchange)) return json(messageDocument())(exchange);
    streamHead(exchange);
    for (let at = 0; at < bytes.length; at += size) {
      exchange.response.write(bytes.subarray(at, at + size));
      if (at % (size * 16) === 0) await sleep(0);
    }
    exchange.response.end();
  };
};

const half = (frames: readonly string[]): string[] => frames.slice(0, 4);
const text = (frames: readonly string[] = messageFrames()): Buffer => Buffer.from(frames.join(''));
const reset = ({ socket }: Exchange): void => {
  setImmediate(() => socket.resetAndDestroy());
};
const partialDocument = (then: (exchange: Exchange) => void): Behaviour => {
  return (exchange) => {
    exchange.response.writeHead(200, { 'content-type': 'application/json' });
    exchange.response.write(messageDocument().slice(0, 60));
    setTimeout(() => then(exchange), 20);
  };
};
const cutMidway = (then: (exchange: Exchange) => void): Behaviour => {
  return (exchange) => (wantsStream(exchange) ? stream(half(messageFrames()), then)(exchange) : partialDocument(then)(exchange));
};
const head = (fields: string, body: string): string => `HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${body}`;

const table = {
  healthy: stream(messageFrames()),
  'slow-first-byte': async (exchange) => {
    await sleep(150);
    return stream(messageFrames())(exchange);
  },
  'error-400': (exchange) => sendError(exchange, 400, 'invalid_request_error', 'prompt is too long: 9 tokens > 8 maximum'),
  'error-401': (exchange) => sendError(exchange, 401, 'authentication_error', 'invalid x-api-key'),
  'error-413': (exchange) => sendError(exchange, 413, 'request_too_large'),
  'error-500': (exchange) => sendError(exchange, 500, 'api_error', 'Internal server error'),
  'error-503': (exchange) => sendError(exchange, 503, 'api_error'),
  'error-529': (exchange) => sendError(exchange, 529, 'overloaded_error', 'Overloaded', { 'x-should-retry': 'true' }),
  'error-429': (exchange) => sendError(exchange, 429, 'rate_limit_error', 'slow down', { 'retry-after': '1' }),
  'error-429-giant': (exchange) => sendError(exchange, 429, 'rate_limit_error', 'slow down', { 'retry-after': '99999999' }),
  'error-429-word': (exchange) => sendError(exchange, 429, 'rate_limit_error', 'slow down', { 'retry-after': 'soon' }),
  'error-429-past': (exchange) =>
    sendError(exchange, 429, 'rate_limit_error', 'slow down', { 'retry-after': 'Thu, 01 Jan 1998 00:00:00 GMT' }),
  'redirect-302': ({ response }) => void response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
  'redirect-loop': ({ response, request }) => void response.writeHead(307, { location: request.path }).end(),
  'hop-headers': (exchange) => {
    const headers = {
      'set-cookie': ['a=1', 'b=2'],
      connection: 'x-private, keep-alive',
      'x-private': 'secret',
      'proxy-authenticate': 'Basic',
      'access-control-allow-origin': '*',
      'alt-svc': 'h3=":443"',
      'strict-transport-security': 'max-age=1',
      'x-ccproxy-route': 'spoofed',
    };
    if (!wantsStream(exchange)) return json(messageDocument(), headers)(exchange);
    streamHead(exchange, headers);
    exchange.response.end(messageFrames().join(''));
  },
  'reset-at-once': ({ socket }) => void socket.resetAndDestroy(),
  'close-before-answer': ({ socket }) => void socket.end(),
  'reset-in-head': ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-ty');
    setTimeout(() => socket.resetAndDestroy(), 10);
  },
  'head-then-reset': (exchange) => {
    streamHead(exchange);
    setTimeout(() => exchange.socket.resetAndDestroy(), 20);
  },
  'hang-before-head': () => undefined,
  'hang-after-head': (exchange) => streamHead(exchange),
  'hang-midway': cutMidway(() => undefined),
  'reset-midway': cutMidway(reset),
  'end-midway': cutMidway(({ response }) => response.end()),
  'error-first': stream([errorEvent()]),
  'error-after-start': stream([...messageFrames().slice(0, 1), errorEvent()]),
  'error-midway': stream([...half(messageFrames()), errorEvent()]),
  'no-message-stop': stream(messageFrames().slice(0, -1)),
  'drip-1': drip(text(), 1),
  'drip-3': drip(text(), 3),
  crlf: drip(Buffer.from(messageFrames().join('').replaceAll('\n', '\r\n')), 7),
  bom: stream([`\uFEFF${messageFrames().join('')}`]),
  comments: stream([': hello\n\n', ...messageFrames().flatMap((frame) => [frame, ': keep-alive\n\n'])]),
  'unknown-event': stream([
    ...half(messageFrames()),
    'event: brand_new\ndata: {"type":"brand_new","x":1}\n\n',
    ...messageFrames().slice(4),
  ]),
  'broken-json': stream([
    ...half(messageFrames()),
    'event: content_block_delta\ndata: {"type":"content_block_delta","in\n\n',
    ...messageFrames().slice(4),
  ]),
  'delta-before-start': stream([...messageFrames().slice(3, 4), ...messageFrames()]),
  'two-endings': stream([...messageFrames(), ...messageFrames().slice(-1)]),
  'line-bomb': (exchange) => {
    if (!wantsStream(exchange)) return json(messageDocument())(exchange);
    streamHead(exchange);
    exchange.response.write(`${messageFrames().slice(0, 3).join('')}event: content_block_delta\ndata: "`);
    return flood(exchange, Buffer.alloc(1 << 20, 'x'), 256);
  },
  'giant-json': (exchange) => {
    exchange.response.writeHead(200, { 'content-type': 'application/json' });
    exchange.response.write('{"content":"');
    return flood(exchange, Buffer.alloc(1 << 20, 'x'), 300);
  },
  gzip: ({ response }) =>
    void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync(messageDocument())),
  'gzip-bomb': ({ response }) =>
    void response
      .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip, gzip' })
      .end(gzipSync(gzipSync(Buffer.alloc(1 << 22)))),
  'not-gzip': ({ response }) =>
    void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('plain'),
  'hundreds-of-headers': (exchange) => {
    for (let index = 0; index < 400; index += 1) exchange.response.setHeader(`x-many-${index}`, 'v');
    return stream(messageFrames())(exchange);
  },
  'huge-header': raw(head(`x-huge: ${'h'.repeat(1 << 20)}\r\ncontent-length: 2`, '{}')),
  'bad-status': raw('HTTP/1.1 999999 Odd\r\ncontent-length: 2\r\n\r\n{}'),
  garbage: raw(Buffer.from([0x16, 0x03, 0x01, 0x00, 0xff, 0x00, 0x80, 0x0a, 0x0a])),
  'two-content-lengths': raw(head('content-type: application/json\r\ncontent-length: 2\r\ncontent-length: 3', '{}x')),
  'length-and-chunked': raw(
    head('content-type: application/json\r\ncontent-length: 2\r\ntransfer-encoding: chunked', '2\r\n{}\r\n0\r\n\r\n'),
  ),
  'short-body': raw(head('content-type: application/json\r\ncontent-length: 500', '{"type":"message"')),
  'interim-flood': ({ socket }) => {
    socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(5000));
    socket.end(head('content-type: application/json\r\ncontent-length: 2', '{}'));
  },
  'html-200': ({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html><h1>Sign in</h1></html>'),
  'html-502': ({ response }) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>Bad Gateway</h1></html>'),
  'plain-500': ({ response }) => void response.writeHead(500, { 'content-type': 'text/plain' }).end('oops'),
  'empty-200': (exchange) => (wantsStream(exchange) ? stream([])(exchange) : json('')(exchange)),
  'null-200': json('null'),
  'truncated-json': json(messageDocument().slice(0, -20)),
  'negative-usage': json(messageDocument().replace('"output_tokens":15', '"output_tokens":-15')),
  'no-usage': json(
    '{"id":"msg_x","type":"message","role":"assistant","model":"m","content":[],"stop_reason":"end_turn","stop_sequence":null}',
  ),
  'giant-usage': json(messageDocument().replace('"output_tokens":15', '"output_tokens":1e308,"__proto__":{"polluted":true}')),
} satisfies Readonly<Record<string, Behaviour>>;

export type BehaviourName = keyof typeof table;

/** Ways an upstream behaves; rows 28-65 of the fault table. */
export const behaviours: Readonly<Record<BehaviourName, Behaviour>> = table;

/** Writes `piece` `times` times, waiting for the reader; stops when the connection goes away. */
async function flood({ response }: Exchange, piece: Buffer, times: number): Promise<void> {
  for (let index = 0; index < times && !response.destroyed; index += 1) {
    if (response.write(piece)) continue;
    const go = Promise.withResolvers<void>();
    response.once('drain', go.resolve).once('close', go.resolve);
    await go.promise;
    response.off('drain', go.resolve).off('close', go.resolve);
  }
  response.end();
}
