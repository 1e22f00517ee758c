// The bare floor ccproxy is compared with, a process of its own: `node fastify-parse.mjs PORT UPSTREAM`. Fastify buffers the body,
// JSON.parse reads it as a router would, undici forwards the raw bytes and pipes the answer back. No guard, no accounts, no logs.
// Plain JavaScript: stripping types at start would cost the floor memory that is not its own.
import Fastify from 'fastify';
import { Pool } from 'undici';

const [, , port, upstream] = process.argv;
const pool = new Pool(upstream, { connections: 512, pipelining: 1, keepAliveTimeout: 60_000, headersTimeout: 0, bodyTimeout: 0 });
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'upgrade', 'te', 'trailer', 'expect']);

function forwardable(headers, ...dropped) {
  const kept = {};
  for (const name in headers) if (!hopByHop.has(name) && !dropped.includes(name)) kept[name] = headers[name];
  return kept;
}

const app = Fastify({ logger: false, bodyLimit: 64 << 20 });
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.all('/*', (request, reply) => {
  const body = request.body ?? null;
  if (body !== null && JSON.parse(body).model === 'never') {
    reply.code(400).send();
    return;
  }
  reply.hijack();
  const response = reply.raw;
  const target = { path: request.raw.url, method: request.method, headers: forwardable(request.headers, 'content-length'), body };
  pool.dispatch(target, {
    onRequestStart(controller) {
      response.on('close', () => {
        if (!response.writableFinished) controller.abort(new Error('client gone'));
      });
      response.on('drain', () => controller.resume());
    },
    onResponseStart(_controller, status, headers) {
      response.writeHead(status, forwardable(headers));
    },
    onResponseData(controller, chunk) {
      if (!response.write(chunk)) controller.pause();
    },
    onResponseEnd() {
      response.end();
    },
    onResponseError() {
      if (!response.headersSent) response.writeHead(502);
      response.end();
    },
  });
});
await app.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 });
