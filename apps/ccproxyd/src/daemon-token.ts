import { readFile } from 'node:fs/promises';
import { createSecret, ensurePrivateDir, errnoHint, errnoOf, writeFileAtomic } from '@ccproxy/kernel';
import { dirname } from 'node:path';

/** 256 bits, base64url. */
const shape = /^[A-Za-z0-9_-]{43}$/;

/**
 * The secret of `run/token` that opens IPC and administration. It is kept over restarts, so that a client never holds a stale one;
 * a missing or damaged file is replaced. It never leaves this file but into the memory of clients that can read it.
 */
export async function daemonToken(file: string): Promise<string> {
  await ensurePrivateDir(dirname(file));
  const present = await readIfThere(file);
  if (present !== undefined && shape.test(present.trim())) return present.trim();
  const token = createSecret();
  await writeFileAtomic(file, `${token}\n`);
  return token;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw errnoHint(error, { action: 'read the token', file }) ?? error;
  }
}
