import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askOnce } from './ask-once.js';
import { bindMethod } from './ipc-method.js';
import { daemonStop } from './methods/daemon-methods.js';
import { createIpcFixture, type IpcFixture } from './testing/ipc-fixture.js';

describe('askOnce', () => {
  let fixture: IpcFixture;
  let server: ReturnType<typeof createServer> | undefined;
  const own = { client: 'test', version: '1.2.3', pid: process.pid, method: 'daemon.stop' };

  beforeEach(() => {
    fixture = createIpcFixture();
  });
  afterEach(async () => {
    server?.close();
    server = undefined;
    await fixture.cleanUp();
  });

  /** Something that answers every connection with the same bytes. */
  const answering = async (bytes: string): Promise<void> => {
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(bytes);
    });
    await new Promise<void>((resolve) => server?.listen(fixture.path, resolve));
  };
  const ask = (token = fixture.token): Promise<unknown> => askOnce({ ...own, path: fixture.path, token }, 200);

  it('brings the answer of a daemon', async () => {
    await fixture.serve([bindMethod(daemonStop, async () => ({ pid: 7, drainTimeoutMs: 5 }))]);
    expect(await ask()).toEqual({ pid: 7, drainTimeoutMs: 5 });
  });

  it('knows nothing when the daemon refuses, fails, or has no such method', async () => {
    await fixture.serve([
      bindMethod(daemonStop, async () => {
        throw new Error('no');
      }),
    ]);
    expect(await ask()).toBeUndefined();
    expect(await ask('a wrong token')).toBeUndefined();
    expect(await askOnce({ ...own, path: fixture.path, token: fixture.token, method: 'nothing.here' })).toBeUndefined();
  });

  it('knows nothing when nobody answers', async () => {
    expect(await ask()).toBeUndefined();
    server = createServer(() => {});
    await new Promise<void>((resolve) => server?.listen(fixture.path, resolve));
    expect(await ask()).toBeUndefined();
  });

  it.each([
    ['not JSON', 'hello\f'],
    ['no object', '1\f'],
    ['another protocol', '{"type":"welcome","data":{"protocol":99}}\f'],
    ['the answer to another call', '{"type":"result","data":{"id":7,"ok":true,"value":1}}\f'],
    ['an end in the middle', '{"type":"welc'],
    ['no end', 'x'.repeat(2 * 1024 * 1024)],
  ])('knows nothing when what answers says %s', async (_name, bytes) => {
    await answering(bytes);
    expect(await ask()).toBeUndefined();
  });

  it('passes over beats, and takes an answer in pieces', async () => {
    const frames = [
      '{"type":"beat","data":{}}',
      '{"type":"welcome","data":{"protocol":1}}',
      '{"type":"result","data":{"id":1,"ok":true,"value":"ü"}}',
    ];
    await answering(`${frames.join('\f')}\f`);
    expect(await ask()).toBe('ü');
  });
});
