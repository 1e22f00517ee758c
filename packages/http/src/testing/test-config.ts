import type { HttpServerOptions } from '../create-http-server.js';

type TestConfig = HttpServerOptions['config'];

/** The part of a configuration the server reads; single values can be replaced. */
export const testConfig = (server: Partial<TestConfig['server']> = {}): TestConfig => ({
  server: { host: '127.0.0.1', authKey: '', bodyLimit: 32 * 1024 * 1024, allowedHosts: [], allowedOrigins: [], ...server },
});
