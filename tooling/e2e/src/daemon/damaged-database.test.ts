import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ask } from './ask.ts';
import { createInstallation, demoConfig } from './installation.ts';
import { ledgerRows } from './ledger-rows.ts';

it('[C17][F1] row 70: a damaged database or journal is put aside and said, and the daemon serves', async () => {
  await using installation = await createInstallation(demoConfig);
  const { databaseFile, dataDir, logFile } = installation.paths;
  const damages: readonly (readonly [name: string, damage: () => void])[] = [
    ['garbage', () => writeFileSync(databaseFile, 'this is no database '.repeat(1000))],
    ['a database cut in the middle', () => truncateSync(databaseFile, 10_000)],
    ['a journal of garbage', () => appendFileSync(`${dataDir}/ledger-0.journal`, Buffer.from([0, 255, 10, 0, 123, 10]))],
  ];
  for (const [name, damage] of damages) {
    const { url } = await installation.start();
    expect((await ask(url, { model: `before ${name}` })).completed).toBe(true);
    expect(await installation.ccproxy(['stop'])).toMatchObject({ code: 0 });
    damage();
    const again = await installation.start();
    expect((await ask(again.url, { model: `after ${name}` })).completed).toBe(true);
    expect(await installation.ccproxy(['stop'])).toMatchObject({ code: 0 });
    expect(ledgerRows(databaseFile).map(({ model }) => model)).toContain(`after ${name}`);
  }
  // The damaged file is kept for whoever wants to look at it.
  expect(readdirSync(dataDir).filter((file) => file.startsWith('ccproxy.db.')).length).toBeGreaterThan(0);
  expect(readFileSync(logFile, 'utf8')).toContain('damaged database replaced by a fresh one');
});
