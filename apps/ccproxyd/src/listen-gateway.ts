import type { AddressInfo } from 'node:net';
import { choosePort, type HttpServer } from '@ccproxy/http';
import type { AppPaths } from '@ccproxy/kernel';
import { rememberedPort, rememberPort } from './remembered-port.js';

/**
 * Listens by the port rule: an explicit port or an error naming its owner; otherwise the remembered one, else 3456, else a free one,
 * which is remembered.
 * @throws CCP_PORT_TAKEN, CCP_LISTEN_FAILED
 */
export async function listenGateway(
  server: HttpServer,
  paths: AppPaths,
  where: { readonly host: string; readonly port: number | undefined },
): Promise<AddressInfo> {
  const { listening, rule } = await choosePort({
    explicit: where.port,
    remembered: await rememberedPort(paths.portFile),
    tryListen: (port) => server.listenTcp({ host: where.host, port }),
  });
  if (rule !== 'explicit') await rememberPort(paths.portFile, listening.port);
  return listening;
}

/** What a client puts before a path: an IPv6 address gets its brackets, a wildcard address is reached by loopback. */
export function gatewayUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
