import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { readProcessIdentity } from '@ccproxy/kernel';
import { describe, expect, it } from 'vitest';
import { createInstallation, demoConfig, type Installation } from './installation.ts';

const refusal = {
  code: 'CCP_IPC_PROTOCOL',
  title: 'Another protocol',
  message: 'The client speaks protocol 1, the daemon (ccproxy 9.9.9) speaks 9.',
  hint: 'Run `ccproxy stop`, then `ccproxy start`.',
};
/** A daemon of another release: refuses whoever knocks, ends by SIGTERM. */
const laterDaemon = `
const [socket, frame] = process.argv.slice(1);
require('node:net').createServer((peer) => peer.on('error', () => {}).on('data', () => peer.end(frame))).listen(socket, () => console.log('up'));
`;

async function startLaterDaemon({ processes, paths }: Installation): Promise<number> {
  const frame = `${JSON.stringify({ type: 'refused', data: { error: refusal } })}\f`;
  const later = processes.spawn(process.execPath, ['-e', laterDaemon, paths.ipcSocket, frame]);
  await later.waitForOutput('up');
  const { pid } = later;
  writeFileSync(paths.tokenFile, `${'T'.repeat(43)}\n`, { mode: 0o600 });
  writeFileSync(paths.daemonFile, JSON.stringify({ ...readProcessIdentity(pid), port: 1, version: '9.9.9', protocol: 9 }), { mode: 0o600 });
  return pid;
}

describe('version skew', () => {
  it('[B6][F2] a daemon refuses a client of another protocol and names both versions', async () => {
    await using installation = await createInstallation(demoConfig);
    await installation.start();
    const socket = connect(installation.paths.ipcSocket);
    const hello = { protocol: 9, token: 'T'.repeat(43), client: 'later', pid: 1, version: '9.9.9' };
    socket.write(`${JSON.stringify({ type: 'hello', data: hello })}\f`);
    let said = '';
    socket.on('data', (chunk) => (said += String(chunk)));
    await once(socket, 'close');
    expect(said).toContain('CCP_IPC_PROTOCOL');
    expect(said).toMatch(/protocol 9.* speaks 1/);
  });

  it('[B2][B6][F2] every command passes on what a daemon of another protocol says, and its advice works', async () => {
    await using installation = await createInstallation(demoConfig);
    const pid = await startLaterDaemon(installation);
    for (const args of [['status'], ['start'], ['config', 'show', '--running'], ['logs', '--follow']]) {
      const { code, stderr } = await installation.ccproxy(args);
      expect([args, code]).toEqual([args, 1]);
      expect(stderr).toContain(refusal.message);
      expect(stderr).toContain(refusal.hint);
      expect(stderr).toContain('(CCP_IPC_PROTOCOL)');
    }
    const stopped = await installation.ccproxy(['stop', '--json']);
    expect([stopped.code, JSON.parse(stopped.stdout)]).toEqual([0, { stopped: true, pid, forced: 'SIGTERM' }]);
    expect(await installation.start()).toMatchObject({ started: true });
  });
});
