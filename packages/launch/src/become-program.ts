import { access, constants, open } from 'node:fs/promises';
import { errnoOf } from '@ccproxy/kernel';

/** What this process is to turn into. */
export interface ProgramImage {
  /** Absolute path. */
  readonly bin: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the decision depends on, replaced in tests. */
export interface BecomingSystem {
  readonly platform: NodeJS.Platform;
  /** `process.execve`, where there is one. */
  readonly execve: ((file: string, args: readonly string[], env: NodeJS.ProcessEnv) => void) | undefined;
  /** This Node, to compare programs with. */
  readonly node: string;
}

const headBytes = 4096;
/** The kernel takes a quarter of the stack (2 MiB mostly) for arguments and environment, and at most 128 KiB for one of them. */
const mostBytes = 1_000_000;
const longestString = 131_071;

/** The system this process runs on. */
export const thisSystem = (): BecomingSystem => ({
  platform: process.platform,
  execve: typeof process.execve === 'function' ? (file, args, env) => process.execve?.(file, args, env) : undefined,
  node: process.execPath,
});

/**
 * Why this process cannot turn into a program and has to run it as a child, as a sentence fragment; undefined when it can. Careful, because
 * Node ends the whole process when the system refuses (measured with Node 24).
 */
export async function obstacleToBecoming(image: ProgramImage, system: BecomingSystem = thisSystem()): Promise<string | undefined> {
  if (system.platform === 'win32') return 'Windows cannot replace a process';
  if (system.execve === undefined) return 'this Node cannot replace its process';
  const strings = [...image.args, ...Object.entries(image.env).map(([name, value = '']) => `${name}=${value}`)];
  const sizes = strings.map((text) => Buffer.byteLength(text) + 1);
  if (sizes.some((size) => size > longestString) || sizes.reduce((sum, size) => sum + size + 8, 0) > mostBytes)
    return 'the arguments and the environment are very long';
  if (strings.some((text) => text.includes('\u0000'))) return 'an argument holds a NUL';
  return (await isRunnable(image.bin, system)) ? undefined : 'the program is of a kind that is not recognised';
}

/**
 * Turns this process into the program: same pid, same terminal, same open standard streams, and nothing of this one left in memory. Signals
 * the program would inherit as ignored are reset. Does not return.
 */
export function becomeProgram({ bin, args, env }: ProgramImage, { execve }: Pick<BecomingSystem, 'execve'> = thisSystem()): void {
  // Node ignores these two; a signal with a handler falls back to its default in the new program, an ignored one stays ignored.
  for (const signal of ['SIGPIPE', 'SIGXFSZ'] as const) process.on(signal, () => {});
  execve?.(bin, [bin, ...args], { ...env });
}

/** A script whose interpreter is there, or a binary like our own. */
async function isRunnable(bin: string, { node }: BecomingSystem): Promise<boolean> {
  const head = await headOf(bin);
  if (head === undefined) return false;
  if (head.subarray(0, 2).toString('latin1') === '#!') {
    const [line = ''] = head.subarray(2).toString('utf8').split('\n', 1);
    const interpreter = line.trim().split(/\s+/u)[0] ?? '';
    return interpreter.startsWith('/') && (await mayRun(interpreter));
  }
  const own = await headOf(node);
  return own !== undefined && sameKind(head, own);
}

/** Both ELF of the same class and machine, or both Mach-O of the same processor. */
function sameKind(a: Buffer, b: Buffer): boolean {
  if (!a.subarray(0, 4).equals(b.subarray(0, 4)) || a.length < 20 || b.length < 20) return false;
  const elf = a.readUInt32BE(0) === 0x7f_45_4c_46;
  return elf ? a[4] === b[4] && a.subarray(18, 20).equals(b.subarray(18, 20)) : a.subarray(4, 8).equals(b.subarray(4, 8));
}

async function headOf(file: string): Promise<Buffer | undefined> {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

async function mayRun(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
