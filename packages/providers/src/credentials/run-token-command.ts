import type { OAuthSource } from '@ccproxy/config';
import { errnoOf, type Clock } from '@ccproxy/kernel';
import { commandEnvironment } from './command-environment.js';
import type { SourceIo } from './source-io.js';
import { type Fetched, tokenOfText } from './token-of-text.js';

type CommandSource = Extract<OAuthSource, { kind: 'command' }>;
type Child = ReturnType<SourceIo['spawn']>;

/** Longest output that is read, bytes. */
const largest = 64 * 1024;
const name = 'its oauth.command';

/**
 * Runs a command without a shell and takes what it prints for a token. Whatever it writes to stderr is not read: it may hold the token.
 * Never rejects. It ends, with all it started, when its time is up, it prints too much, or `signal` aborts.
 */
export function runTokenCommand(source: CommandSource, io: SourceIo, clock: Clock, signal: AbortSignal): Promise<Fetched> {
  const { argv, timeout, passEnv } = source;
  const { promise, resolve } = Promise.withResolvers<Fetched>();
  const child = begin(argv, passEnv, io);
  if ('reason' in child) return Promise.resolve(child);
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stop = (reason: string): void => {
    killGroup(child, io.platform);
    resolve({ reason });
  };
  const timer = clock.setTimeout(() => stop(`${name} did not end within ${timeout / 1000} s`), timeout);
  const abort = (): void => stop(`${name} was stopped`);
  signal.addEventListener('abort', abort, { once: true });
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > largest) stop(`${name} printed more than ${largest / 1024} KiB`);
    else chunks.push(chunk);
  });
  child.once('error', (error) => resolve({ reason: `${name} cannot be run (${errnoOf(error) ?? 'unknown reason'})` }));
  child.once('close', (code, by) => resolve(code === 0 ? tokenOfText(Buffer.concat(chunks).toString('utf8'), name) : failed(code, by)));
  return promise.finally(() => {
    timer.clear();
    signal.removeEventListener('abort', abort);
    child.stdout?.destroy();
  });
}

const failed = (code: number | null, by: NodeJS.Signals | null): Fetched => ({
  reason: code === null ? `${name} was ended by ${by ?? 'a signal'}` : `${name} ended with exit code ${code}`,
});

function begin([program = '', ...args]: readonly string[], passEnv: readonly string[], io: SourceIo): Child | { readonly reason: string } {
  const env = commandEnvironment(io.env, passEnv, io.platform);
  const home = env['HOME'] ?? env['USERPROFILE'];
  try {
    return io.spawn(program, args, {
      shell: false,
      stdio: ['ignore', 'pipe', 'ignore'],
      env,
      ...(home === undefined ? {} : { cwd: home }),
      // A group of its own, so that what it started ends with it.
      detached: io.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    // A word with a NUL byte, or too many of them.
    return { reason: `${name} cannot be run (${errnoOf(error) ?? 'unknown reason'})` };
  }
}

function killGroup(child: Child, platform: NodeJS.Platform): void {
  if (child.pid === undefined) return;
  try {
    if (platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}
