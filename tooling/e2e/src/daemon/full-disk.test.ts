import { Agent } from 'node:http';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask } from './ask.ts';
import { createInstallation, demoConfig } from './installation.ts';
import { ledgerRows } from './ledger-rows.ts';

/** Files cannot grow over some hundred kilobytes: enough for a start, soon too little for log, database and journal. */
const smallFiles = ['sh', '-c', 'ulimit -f 250; exec "$@"', 'sh'];
const requests = 1500;

it('[C17][F1] row 70: when nothing can be written any more requests are answered, and the daemon says what is wrong', async () => {
  await using installation = await createInstallation(`${demoConfig}logging: { level: debug }\n`);
  const { url, pid } = await installation.start({ under: smallFiles });
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const answers = await Promise.all(
    Array.from({ length: requests }, (_, n) => ask(url, { agent, model: `model-${n}-${'x'.repeat(200)}`, stream: n % 2 === 0 })),
  );
  agent.destroy();
  expect(answers.filter((answer) => !answer.completed)).toEqual([]);

  const { health } = await (await installation.client()).status();
  expect(health['store']).toMatchObject({ database: { state: 'degraded', lastError: { code: expect.stringMatching(/^CCP_STORE_/) } } });
  expect(statSync(installation.paths.logFile).size).toBeLessThan(300_000);
  // It still ends in good order, and room makes everything well again.
  expect(await installation.ccproxy(['stop'])).toMatchObject({ code: 0 });
  const next = await installation.start();
  expect(next.pid).not.toBe(pid);
  expect((await ask(next.url, { model: 'afterwards' })).completed).toBe(true);
  expect((await (await installation.client()).status()).health['store']).toMatchObject({ database: { state: 'ok' } });
  expect(await installation.ccproxy(['stop'])).toMatchObject({ code: 0 });
  const models = ledgerRows(installation.paths.databaseFile).map(({ model }) => model);
  expect(new Set(models).size).toBe(models.length);
  expect(models).toContain('afterwards');
  expect(readdirSync(installation.paths.dataDir).filter((name) => /tmp|corrupt/.test(join(name)))).toEqual([]);
});
