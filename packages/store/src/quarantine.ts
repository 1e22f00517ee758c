import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const companions = ['', '-wal', '-shm'];

/** How many damaged databases are kept, so that a failing disk cannot fill itself with them. */
const kept = 3;

/**
 * Moves a damaged database with its write-ahead log aside, to `<file>.corrupt-<time>`, and returns that name.
 * The three newest are kept. `now` is ms since the epoch; file-system errors are thrown as they are.
 */
export function quarantine(file: string, now: number): string {
  const target = freeName(`${file}.corrupt-${new Date(now).toISOString().replaceAll(/[-:.]/g, '')}`);
  for (const suffix of companions) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
  }
  for (const old of quarantined(file).slice(0, -kept)) {
    for (const suffix of companions) rmSync(old + suffix, { force: true });
  }
  return target;
}

/** The damaged databases set aside beside `file`, oldest first. */
export function quarantined(file: string): string[] {
  const prefix = `${basename(file)}.corrupt-`;
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefix) && !/-(?:wal|shm)$/.test(name))
    .sort()
    .map((name) => join(dirname(file), name));
}

function freeName(wanted: string): string {
  for (let count = 0; ; count++) {
    const name = count === 0 ? wanted : `${wanted}-${count}`;
    if (!existsSync(name)) return name;
  }
}
