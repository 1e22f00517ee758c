import './fastify-augmentation.js';

export { choosePort, type PortChoice, type PortWish } from './choose-port.js';
export { createHttpServer, type HttpServer, type HttpServerOptions } from './create-http-server.js';
export type { DaemonModule, Principal, RouteAccess } from './daemon-module.js';
export type { DrainResult } from './drain-servers.js';
export { type ErrorAnswer, errorAnswer } from './error-answer.js';
export { errors as httpErrors } from './errors.js';
export { isLoopbackHost } from './host-policy.js';
export { defaultLimits, type HttpLimits } from './http-limits.js';
export type { TcpEndpoint } from './listen-tcp.js';
export { portOwner, type PortOwner, type PortOwnerOptions } from './port-owner.js';
export { readRawBody } from './read-raw-body.js';
export { createTokenRegistry, localTokenPrefix, mintToken, type TokenEntry, type TokenRegistry } from './token-registry.js';
