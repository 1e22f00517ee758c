import type { AddressInfo, Server } from 'node:net';
import type { CcproxyError } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { portOwner } from './port-owner.js';
import { listenOn } from './listen-on.js';

/** Where to listen: an address, or a listening socket inherited from the predecessor (a received `net.Server`, or its descriptor). */
export type TcpEndpoint = { readonly host: string; readonly port: number } | { readonly handle: Server } | { readonly fd: number };

async function describe(error: NodeJS.ErrnoException, host: string, port: number): Promise<CcproxyError> {
  if (error.code !== 'EADDRINUSE') {
    return errors.CCP_LISTEN_FAILED({ message: `Cannot listen on ${host} port ${port}: ${error.code ?? error.message}.`, cause: error });
  }
  const owner = await portOwner(port);
  const by = owner === undefined ? 'another program' : `${owner.command || 'a program'} (pid ${owner.pid})`;
  return errors.CCP_PORT_TAKEN({
    message: `Port ${port} on ${host} is taken by ${by}.`,
    details: { host, port, ...(owner === undefined ? {} : { pid: owner.pid, command: owner.command }) },
    cause: error,
  });
}

/**
 * Makes the server listen on TCP and returns the bound address.
 * Rejects with CCP_PORT_TAKEN naming the owner, or CCP_LISTEN_FAILED.
 */
export async function listenTcp(server: Server, endpoint: TcpEndpoint): Promise<AddressInfo> {
  try {
    await listenOn(
      server,
      'handle' in endpoint ? endpoint.handle : 'fd' in endpoint ? { fd: endpoint.fd } : { ...endpoint, exclusive: true },
    );
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('port' in endpoint) throw await describe(error, endpoint.host, endpoint.port);
    throw errors.CCP_LISTEN_FAILED({ message: `Cannot listen on the inherited socket: ${error.message}.`, cause: error });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw errors.CCP_LISTEN_FAILED({ message: 'The inherited socket is not a TCP socket.' });
  }
  return address;
}
