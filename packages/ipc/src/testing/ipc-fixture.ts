import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { connectIpc, type ConnectIpcOptions } from '../connect-ipc.js';
import type { IpcConnection } from '../ipc-connection.js';
import type { IpcBinding } from '../ipc-method.js';
import { createNodeIpcTransport } from '../node-ipc-transport.js';
import { type IpcServer, serveIpc, type ServeIpcOptions } from '../serve-ipc.js';

/** A served control channel in a temporary directory, with everything a test may need to close again. */
export interface IpcFixture {
  readonly dir: string;
  readonly path: string;
  readonly token: string;
  serve(bindings?: readonly IpcBinding[], options?: Partial<ServeIpcOptions>): Promise<IpcServer>;
  connect(options?: Partial<ConnectIpcOptions>): Promise<IpcConnection>;
  cleanUp(): Promise<void>;
}

export function createIpcFixture(): IpcFixture {
  const dir = mkdtempSync(join(tmpdir(), 'ccp-ipc-'));
  const path = join(dir, 'ipc.sock');
  const token = 'the-token-of-this-daemon';
  const servers: IpcServer[] = [];
  const connections: IpcConnection[] = [];
  return {
    dir,
    path,
    token,
    serve: async (bindings = [], options = {}) => {
      const transport = options.transport ?? createNodeIpcTransport();
      const defaults = { transport, path, token, bindings, version: '1.2.3', logger: silentLogger, clock: systemClock };
      const server = await serveIpc({ ...defaults, ...options });
      servers.push(server);
      return server;
    },
    connect: async (options = {}) => {
      const connection = await connectIpc({ path, token, client: 'test', pid: process.pid, version: '1.2.3', ...options });
      connections.push(connection);
      return connection;
    },
    cleanUp: async () => {
      for (const connection of connections) await connection.close();
      for (const server of servers) await server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
