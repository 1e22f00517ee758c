import type { FastifyRequest } from 'fastify';

const empty = Buffer.alloc(0);

/** The bytes of the request body as they came, already read by the server for every method that has one; empty when there was none. */
export const readRawBody = (request: FastifyRequest): Buffer => (Buffer.isBuffer(request.body) ? request.body : empty);
