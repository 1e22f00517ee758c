import { describe, expect, it } from 'vitest';
import { claimSocket } from './claim-socket.js';
import { isPipe, nodeIpcServerPath } from './socket-path.js';

const pipe = '\\\\.\\pipe\\ccproxy-3f9a-ipc';

describe('[A9] the name of a Windows pipe', () => {
  it('is known by its prefix', () => {
    expect([isPipe(pipe), isPipe('/home/user/.ccproxy/run/ipc.sock'), isPipe('C:\\Users\\u\\ipc.sock')]).toEqual([true, false, false]);
  });

  it('reaches the system as it is: node-ipc puts the prefix there itself', () => {
    // What node-ipc 14.0.0 does on Windows with the path of a server.
    const asNodeIpc = (path: string): string => `\\\\.\\pipe\\${path.replace(/^\//, '').replace(/\//g, '-')}`;
    expect(asNodeIpc(nodeIpcServerPath(pipe, 'win32'))).toBe(pipe);
    expect(nodeIpcServerPath('/run/ipc.sock', 'linux')).toBe('/run/ipc.sock');
  });

  it('is claimed without touching any file', async () => {
    const claim = await claimSocket(pipe);
    expect(claim.bindPath).toBe(pipe);
    await claim.publish();
    await claim.release();
  });
});
