import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { acquireLock, type Clock, ensurePrivateDir, errnoOf, removeDeadClaims, writeFileAtomic } from '@ccproxy/kernel';

/** Where the gateway answers shells: a loopback port of one process, or nowhere. */
export interface ShellAddress {
  /** 4: 127.0.0.1, 6: ::1 */
  readonly family: 4 | 6;
  /** 0: no daemon serves on a loopback address. */
  readonly port: number;
  readonly pid: number;
}

export const nowhere: ShellAddress = { family: 4, port: 0, pid: 0 };

/** The epoch shells compare at every prompt (docs/adr/0009-shell-state-tree.md). */
export interface ShellEpoch {
  /** The address of the line that stands there; `nowhere` when there is none. */
  read(): Promise<ShellAddress>;
  /**
   * Begins a new epoch, so that every open shell looks at everything anew. `change` gets the address that stands there and returns the one to
   * write; undefined: no bump.
   */
  bump(change: (present: ShellAddress) => ShellAddress | undefined): Promise<void>;
}

/** Marks, and what a killed writer left of the line; the lock keeps other writers away. */
const leftovers = /^(?:epoch\.[a-z0-9]{8,32}|\.epoch\.[0-9a-f]{12}\.tmp)$/u;
const lineForm = /^1 [a-z0-9]{8,32} ([46]) (\d{1,5}) (\d{1,10})\n$/u;
/** A bump is a few small files. */
const lockWaitMs = 10_000;

export function createShellEpoch(options: {
  readonly shellDir: string;
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  readonly newId?: () => string;
}): ShellEpoch {
  const { shellDir, clock, platform, newId = () => randomBytes(8).toString('hex') } = options;
  const file = path.join(shellDir, 'epoch');
  const lockFile = path.join(shellDir, 'epoch.lock');
  const read = async (): Promise<ShellAddress> => {
    const [, family, port, pid] = lineForm.exec(await readIfThere(file)) ?? [];
    return port === undefined ? nowhere : { family: family === '6' ? 6 : 4, port: Number(port), pid: Number(pid) };
  };
  return {
    read,
    async bump(change) {
      await ensurePrivateDir(shellDir);
      const lock = await acquireLock(lockFile, { clock, waitMs: lockWaitMs, pollMs: 10 });
      try {
        const next = change(await read());
        if (next === undefined) return;
        const id = newId();
        const mark = path.join(shellDir, `epoch.${id}`);
        // A killed daemon takes such a mark with it: the link then leads nowhere, also while nobody has waited for its process yet.
        if (next.pid > 0 && platform === 'linux') await symlink(`/proc/${next.pid}/exe`, mark);
        else await writeFile(mark, '', { mode: 0o600, flag: 'wx' });
        await writeFileAtomic(file, `1 ${id} ${next.family} ${next.port} ${next.pid}\n`);
        const present = await readdir(shellDir);
        const old = present.filter((name) => leftovers.test(name) && name !== `epoch.${id}`);
        for (const name of old) await rm(path.join(shellDir, name), { force: true });
        if (present.some((name) => name.startsWith('epoch.lock.'))) await removeDeadClaims(lockFile);
      } finally {
        await lock.release();
      }
    },
  };
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}
