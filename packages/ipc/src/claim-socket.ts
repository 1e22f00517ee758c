import { type Stats } from 'node:fs';
import { chmod, lstat, rename, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname } from 'node:path';
import { ensurePrivateDir, errnoOf } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { isPipe } from './socket-path.js';

/** Longest path that works everywhere: 104 bytes with the final NUL on macOS, 108 on Linux, where Node cuts longer ones silently. */
const LONGEST_PATH = 103;
const PROBE_MS = 1000;

/** A socket file bound to us: where to listen, and how it gets its public name and loses it again. */
export interface SocketClaim {
  /** Bind here. */
  readonly bindPath: string;
  /** Gives the bound socket mode 0600 and its public name, in one step that leaves no moment without a socket. */
  publish(): Promise<void>;
  /** Removes the socket, unless a successor has put its own in its place. */
  release(): Promise<void>;
}

/**
 * Prepares `path` for a listener: its directory becomes private (0700, ours), what lies there must be nothing or a
 * socket of ours. One that still accepts connections raises `CCP_SOCKET_IN_USE` unless `takeOver`; a dead one is replaced.
 * Anything else raises `CCP_SOCKET_PATH` and stays as it is.
 */
export async function claimSocket(path: string, options: { readonly takeOver?: boolean } = {}): Promise<SocketClaim> {
  if (isPipe(path)) return { bindPath: path, publish: () => Promise.resolve(), release: () => Promise.resolve() };
  const bytes = Buffer.byteLength(path);
  if (bytes > LONGEST_PATH) {
    throw refusal(path, `${bytes} bytes are too long for a socket path, ${LONGEST_PATH} are possible`);
  }
  await ensurePrivateDir(dirname(path));
  await inspect(path, options.takeOver ?? false);
  // Same length as the public name, so that the limit holds for it too.
  const bindPath = `${path.slice(0, -1)}${path.endsWith('~') ? '-' : '~'}`;
  await inspect(bindPath, true);
  await rm(bindPath, { force: true });
  let own: Stats | undefined;
  return {
    bindPath,
    publish: async () => {
      await chmod(bindPath, 0o600);
      own = await lstat(bindPath);
      await rename(bindPath, path);
    },
    release: async () => {
      const present = await statIfAny(path);
      if (own !== undefined && present?.ino === own.ino && present.dev === own.dev) await rm(path, { force: true });
    },
  };
}

async function inspect(path: string, mayLive: boolean): Promise<void> {
  const stats = await statIfAny(path);
  if (stats === undefined) return;
  if (stats.isSymbolicLink()) throw refusal(path, 'a symbolic link lies there');
  if (!stats.isSocket()) throw refusal(path, `a ${stats.isDirectory() ? 'directory' : 'file'} that is no socket lies there`);
  if (process.getuid !== undefined && stats.uid !== process.getuid()) throw refusal(path, `a socket of user ${stats.uid} lies there`);
  if (!mayLive && (await accepts(path))) {
    throw errors.CCP_SOCKET_IN_USE({ message: `A daemon already listens on ${path}.`, where: { file: path } });
  }
}

async function statIfAny(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const refusal = (path: string, reason: string): Error =>
  errors.CCP_SOCKET_PATH({ message: `Cannot listen on ${path}: ${reason}.`, where: { file: path } });

/** Whether something accepts connections at `path`; a full backlog or silence counts as alive. */
function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PROBE_MS, () => settle(true));
    socket.once('connect', () => settle(true));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'));
  });
}
