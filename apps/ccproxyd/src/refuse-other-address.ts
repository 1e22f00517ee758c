import type { AddressInfo, Server } from 'node:net';
import type { ServerConfig } from '@ccproxy/config';
import { isLoopbackHost } from '@ccproxy/http';
import { errors } from './errors.js';

/**
 * An inherited socket keeps its address whatever the configuration says by now. Serving it under rules made for another address could open
 * the gateway to the network without a token, so a successor whose host or port differs does not take over.
 * @throws CCP_DAEMON_TAKEOVER
 */
export function refuseOtherAddress(handle: Pick<Server, 'address'>, server: Pick<ServerConfig, 'host' | 'port'>): void {
  const { address, port } = handle.address() as AddressInfo;
  // A name such as `localhost` stands for an address of this machine; which one was decided at the first start.
  const sameHost = address === server.host || (isLoopbackHost(server.host) && isLoopbackHost(address));
  const samePort = server.port === undefined || server.port === 0 || server.port === port;
  if (sameHost && samePort) return;
  throw errors.CCP_DAEMON_TAKEOVER({
    message: `the running daemon listens on ${address} port ${port}, the configuration now says ${server.host}${samePort ? '' : ` port ${server.port}`}`,
    hint: 'Run `ccproxy stop`, then `ccproxy start`: a restart keeps the address.',
  });
}
