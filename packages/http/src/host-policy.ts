import type { ServerConfig } from '@ccproxy/config';

/** Which Host headers mean this server. */
export interface HostPolicy {
  /** Called once the TCP listener knows its port. */
  setPort(own: number): void;
  allows(host: string): boolean;
}

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];
const wildcards = new Set(['0.0.0.0', '::', '']);
/** `name:port` and `[address]:port`, but not a bare IPv6 address. */
const port = /^([^:]+|\[[^\]]*\]):\d{1,5}$/;
const hasPort = (host: string): boolean => port.test(host);

const bracketed = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

/**
 * The loopback names and the configured host with the server's own port, plus `server.allowedHosts`: an entry with a
 * port exactly, one without a port under every port (a container maps ports).
 */
export function createHostPolicy(config: Pick<ServerConfig, 'host' | 'allowedHosts'>): HostPolicy {
  const ownNames = wildcards.has(config.host) ? loopbackNames : [...loopbackNames, bracketed(config.host.toLowerCase())];
  const listed = config.allowedHosts.map((host) => host.toLowerCase());
  const exact = new Set(listed.filter(hasPort));
  const anyPort = new Set(listed.filter((host) => !hasPort(host)).map(bracketed));
  return {
    setPort(own) {
      for (const name of ownNames) {
        exact.add(`${name}:${own}`);
        if (own === 80) exact.add(name);
      }
    },
    allows(host) {
      if (exact.has(host)) return true;
      const lower = host.toLowerCase();
      return exact.has(lower) || anyPort.has(port.exec(lower)?.[1] ?? lower);
    },
  };
}

const loopbackAddress = /^(?:127(?:\.\d{1,3}){3}|localhost|::1|\[::1\])$/i;

/** Whether only programs of this machine can reach an address the server binds to. */
export const isLoopbackHost = (host: string): boolean => loopbackAddress.test(host);
