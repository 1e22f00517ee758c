import { constantTimeEqual } from '@ccproxy/kernel';
import type { AttemptLimiter } from './attempt-limiter.js';
import { parseClientFrame, protocolOf } from './client-frame.js';
import { type Frame, type Hello, IPC_PROTOCOL } from './envelope.js';
import { errors } from './errors.js';

/** What a first frame is held against. */
export interface Admission {
  readonly token: string;
  /** Version of the server's package, for the message about a protocol mismatch. */
  readonly version: string;
  readonly limiter: AttemptLimiter;
}

/**
 * The hello, if the first frame of a connection is one with our protocol and token. Raises `CCP_IPC_PROTOCOL`,
 * `CCP_IPC_UNAUTHORIZED`, or `CCP_IPC_THROTTLED`: then the token was not looked at, also a right one.
 */
export function admit(frame: Frame, { token, version, limiter }: Admission): Hello {
  const protocol = protocolOf(frame);
  if (protocol !== undefined && protocol !== IPC_PROTOCOL) {
    throw errors.CCP_IPC_PROTOCOL({
      message: `The client speaks protocol ${protocol}, the daemon (ccproxy ${version}) speaks ${IPC_PROTOCOL}.`,
      details: { client: protocol, daemon: IPC_PROTOCOL, daemonVersion: version },
    });
  }
  const parsed = parseClientFrame(frame);
  if (parsed?.type !== 'hello') throw errors.CCP_IPC_UNAUTHORIZED({ message: 'The first frame must be a hello with the token.' });
  if (limiter.blocked()) throw errors.CCP_IPC_THROTTLED({ message: 'Too many wrong tokens within the last second.' });
  if (!constantTimeEqual(parsed.data.token, token)) {
    limiter.failed();
    throw errors.CCP_IPC_UNAUTHORIZED({ message: 'The token is not the one of this daemon.' });
  }
  return parsed.data;
}
