import { EventEmitter } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { silentLogger } from '@ccproxy/kernel';
import { describe, expect, it } from 'vitest';
import { handleFatal } from './handle-fatal.js';
import { handleSignals } from './handle-signals.js';
import { createParentChannel } from './parent-channel.js';
import { spawnSuccessor } from './spawn-successor.js';

describe('handleSignals', () => {
  it('[F1] the first signal drains, the second ends at once, a hang-up reloads, also during the start', async () => {
    const exits: number[] = [];
    let drains = 0;
    let reloads = 0;
    const source = Object.assign(new EventEmitter(), { exit: (code: number) => void exits.push(code) });
    const started = Promise.withResolvers<Parameters<typeof handleSignals>[1] extends Promise<infer T> ? T : never>();
    handleSignals(source, started.promise);
    source.emit('SIGHUP');
    source.emit('SIGTERM');
    expect([drains, reloads, exits]).toEqual([0, 0, []]);
    // It is asked as soon as it is there.
    started.resolve({ drain: async () => void (drains += 1), reload: () => void (reloads += 1) });
    await expect.poll(() => [drains, reloads, exits]).toEqual([1, 1, []]);
    source.emit('SIGINT');
    expect(exits).toEqual([130]);
  });

  it('[F1] a drain that fails ends the process with 1', async () => {
    const exits: number[] = [];
    const source = Object.assign(new EventEmitter(), { exit: (code: number) => void exits.push(code) });
    handleSignals(source, Promise.resolve({ drain: () => Promise.reject(new Error('disk')), reload() {} }));
    source.emit('SIGTERM');
    await expect.poll(() => exits).toEqual([1]);
  });
});

describe('handleFatal', () => {
  it('[F1] writes down what nobody caught, at once, and goes on', () => {
    const source = new EventEmitter();
    const lines: unknown[] = [];
    let flushed = 0;
    const logger = { ...silentLogger, fatal: (fields: object, message: string) => void lines.push([fields, message]) };
    handleFatal(source, { logger, sink: { flushSync: () => void (flushed += 1) } });
    const error = new Error('a rule failed');
    source.emit('uncaughtException', error);
    source.emit('unhandledRejection', error);
    expect(lines).toEqual([
      [{ err: error }, 'uncaught exception'],
      [{ err: error }, 'unhandled rejection'],
    ]);
    expect(flushed).toBe(2);
  });
});

describe('createParentChannel', () => {
  it('[B1] is absent without a parent and silent once the parent left', () => {
    expect(createParentChannel({ on: () => {} })).toBeUndefined();
    const sent: unknown[] = [];
    const source = {
      connected: true,
      send: (message: unknown) => sent.push(message) > 0,
      disconnect: () => void (source.connected = false),
      on: () => {},
    };
    const channel = createParentChannel(source);
    channel?.send({ type: 'ready' });
    channel?.close();
    channel?.send({ type: 'ready' });
    channel?.close();
    expect(sent).toEqual([{ type: 'ready' }]);
  });
});

describe('spawnSuccessor', () => {
  const call = (request: { argv: string[] | undefined; env: Record<string, string> | undefined; pinned: boolean; auto: boolean }) => {
    const calls: unknown[][] = [];
    const spawn = ((...args: unknown[]) => {
      calls.push(args);
      return new EventEmitter() as ChildProcess;
    }) as never;
    spawnSuccessor({
      spawn,
      node: 'node',
      execArgv: ['--x'],
      entry: 'ccproxyd.js',
      argv: ['--port', '1', '--takeover', '--auto'],
      env: { A: '1' },
      request,
    });
    return calls[0] as [string, string[], { env: object; detached: boolean; stdio: string[] }];
  };

  it('[B6] repeats our own arguments and environment, or takes the new ones', () => {
    const [node, args, options] = call({ argv: undefined, env: undefined, pinned: false, auto: false });
    expect([node, args]).toEqual(['node', ['--x', 'ccproxyd.js', '--port', '1', '--takeover']]);
    expect(options).toMatchObject({ env: { A: '1' }, detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const other = call({ argv: ['--port', '2'], env: { B: '2' }, pinned: true, auto: true });
    expect(other[1]).toEqual(['--x', 'ccproxyd.js', '--port', '2', '--takeover', '--pinned', '--auto']);
    expect(other[2].env).toEqual({ B: '2' });
  });
});
