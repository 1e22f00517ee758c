import type { ServerConfig } from '@ccproxy/config';
import type { Logger } from '@ccproxy/kernel';
import { errors } from './errors.js';

const shortestKey = 16;
const isWeak = (key: string): boolean => key.length < shortestKey || new Set(key).size < 5;

/**
 * A server other machines can reach does not start with a key that can be guessed (CCP_AUTH_KEY_WEAK); on loopback it is a warning.
 * Without any key such a server is open to tokens of sessions and users only.
 */
export function checkAuthKey({ host, authKey }: Pick<ServerConfig, 'host' | 'authKey'>, loopback: boolean, logger: Logger): void {
  if (!loopback) logger.warn({ host }, 'the server can be reached from other machines');
  if (authKey === '' || !isWeak(authKey)) return;
  if (loopback) {
    logger.warn({}, 'server.authKey is short or repetitive and can be guessed by other users of this machine');
    return;
  }
  throw errors.CCP_AUTH_KEY_WEAK({ message: `server.authKey is too weak for the address ${host}, which other machines can reach.` });
}
