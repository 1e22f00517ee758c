/** A daemon of nothing but its control channel, in a process of its own: `node serve-forever.ts SOCKET TOKEN`. Says `ready` on stdout. */
import { silentLogger, systemClock } from '@ccproxy/kernel';
import { z } from 'zod';
import { bindMethod, defineMethod } from '../ipc-method.js';
import { createNodeIpcTransport } from '../node-ipc-transport.js';
import { serveIpc } from '../serve-ipc.js';

const [path = '', token = ''] = process.argv.slice(2);
const echo = defineMethod({
  name: 'test.echo',
  permission: 'read',
  input: z.strictObject({ text: z.string() }),
  output: z.object({ text: z.string() }),
});

await serveIpc({
  transport: createNodeIpcTransport(),
  path,
  token,
  bindings: [bindMethod(echo, (input) => Promise.resolve(input))],
  version: '0.0.0-test',
  logger: silentLogger,
  clock: systemClock,
});
process.stdout.write('ready\n');
