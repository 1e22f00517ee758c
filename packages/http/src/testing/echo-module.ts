import type { DaemonModule } from '../daemon-module.js';
import { errors } from '../errors.js';
import { readRawBody } from '../read-raw-body.js';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(bytes: Buffer): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw errors.CCP_HTTP_BAD_REQUEST({ message: 'The body is not JSON.', cause: error });
  }
  if (!isObject(body) || (body['model'] !== undefined && typeof body['model'] !== 'string')) {
    throw errors.CCP_HTTP_BAD_REQUEST({ message: 'The body is not a Messages request.' });
  }
  return body;
}

/** Answers `POST /v1/messages` at once, with what the guard made of the request. */
export const echoModule: DaemonModule = {
  name: 'echo',
  // oxlint-disable-next-line require-await -- a Fastify plugin is asynchronous by contract
  routes: async (app) => {
    app.post('/v1/messages', (request, reply) => {
      const bytes = readRawBody(request);
      const body = parse(bytes);
      return reply.send({
        type: 'message',
        bytes: bytes.length,
        model: body['model'] ?? null,
        principal: request.principal,
        headerNames: Object.keys(request.headers),
      });
    });
  },
};
