import type { Config, ServerConfig } from '@ccproxy/config';

/** A configuration of nothing but a server; single values of the server can be replaced. */
export const testConfig = (server: Partial<ServerConfig> = {}): Config => ({
  server: {
    host: '127.0.0.1',
    port: undefined,
    authKey: '',
    bodyLimit: 32 * 1024 * 1024,
    allowedHosts: [],
    allowedOrigins: [],
    headHold: 60_000,
    drainTimeout: 30_000,
    idleShutdown: 60_000,
    ...server,
  },
  logging: { level: 'info', bodies: false, file: undefined },
  egress: { proxy: 'env', ca: [] },
  providers: {},
  models: {},
  routes: [],
  profiles: {},
});
