import { mkdtemp, readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createRedactor, systemClock } from '@ccproxy/kernel';
import { expect, it } from 'vitest';
import { createAccessLog, createLogger, createLogSink, createMetrics, readLastLines } from './index.js';

it('smoke', async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'ccp-'));
  const file = path.join(dir, 'logs', 'ccproxy.log');
  const sink = await createLogSink({ file, redactor: createRedactor(), clock: systemClock });
  const logger = createLogger({ sink, level: 'debug' });
  logger.info({ key: 'sk-ant-api03-abcdefghijk', err: new Error('x') }, 'hello');
  logger.child({ a: 1 }).debug({ b: 2 }, 'child');
  const access = createAccessLog({ sink, clock: systemClock });
  access.write({
    requestId: 'r',
    method: 'POST',
    path: '/v1/messages?key=abc',
    status: 200,
    durationMs: 1.23456,
    outcome: 'ok',
    model: 'a"b\n',
  });
  access.flush();
  await sink.close();
  console.log(await readFile(file, 'utf8'), (await stat(file)).mode.toString(8));
  const metrics = createMetrics();
  metrics.counter({ name: 'ccproxy_x_total', help: 'h', labels: ['a'] }).inc({ a: 'q' });
  metrics.histogram({ name: 'ccproxy_y_seconds', help: 'h', buckets: [1, 2] }).observe(1.5);
  metrics.gauge({ name: 'ccproxy_z', help: 'h' }, () => 7);
  console.log((await metrics.text()).slice(-700));
  expect((await readLastLines(file, 2)).length).toBe(2);
});
