/**
 * Opens and closes rows in the ledger of a directory as fast as it can, and prints `o <id>` or `c <id>` for each that was
 * acknowledged, until it is killed or has done `limit`. Arguments: directory, prefix of the ids, sync, limit.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { openSqliteStore } from '@ccproxy/store';
import { openLedger } from '../open-ledger.js';
import { sampleClose, sampleOpen } from './sample-rows.js';

const [dir = '', prefix = '', sync = 'normal', limit = '1000000000'] = process.argv.slice(2);
const shared = { clock: systemClock, logger: silentLogger, sync: sync === 'full' ? ('full' as const) : ('normal' as const) };
const store = await openSqliteStore({ ...shared, file: join(dir, 'ccproxy.db') });
// Small files, so that the kill meets every step of their rotation.
const ledger = await openLedger({ ...shared, dir, database: store, rotateBytes: 16 * 1024, flushMs: 5 });

let count = 0;
async function work(): Promise<void> {
  while (count < Number(limit)) {
    const id = `${prefix}_${(count += 1)}`;
    await new Promise<void>((resolve) => ledger.open(sampleOpen(id), resolve));
    writeSync(1, `o ${id}\n`);
    await new Promise<void>((resolve) => ledger.close(id, sampleClose({ usage: { inputTokens: 1, outputTokens: 2 } }), resolve));
    writeSync(1, `c ${id}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, () => work()));
await ledger.stop();
writeSync(1, `health ${JSON.stringify(ledger.health())}\n`);
await store.close();
