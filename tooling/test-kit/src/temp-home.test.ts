import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from './free-port.ts';
import { createTempHome } from './temp-home.ts';

it('gives a home of its own with room for sockets, and removes it', () => {
  const home = createTempHome();
  const socket = join(home.stateDir, 'run', 'gateway.sock');
  expect(Buffer.byteLength(socket)).toBeLessThan(100);
  const file = home.writeConfig({ server: { port: 1 } });
  expect([file, JSON.parse(readFileSync(file, 'utf8'))]).toEqual([home.configFile, { server: { port: 1 } }]);
  home.remove();
  expect(existsSync(home.home)).toBe(false);
});

it('hands a program nothing of the caller but PATH', () => {
  using home = createTempHome();
  expect(home.env({ A: '1' })).toMatchObject({ HOME: home.home, A: '1', PATH: process.env['PATH'] });
  expect(Object.keys(home.env()).filter((name) => /KEY|TOKEN|^HTTPS?_PROXY|^npm_/i.test(name))).toEqual([]);
});

it('writes files for the user alone unless told otherwise', () => {
  using home = createTempHome();
  expect(statSync(home.write('a/b.txt', 'x')).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
  expect(statSync(home.write('bin/claude', '#!/bin/sh\n', 0o755)).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o755);
});

it('freePort can be listened on', async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  expect(server.address()).toMatchObject({ port });
  server.close();
});
