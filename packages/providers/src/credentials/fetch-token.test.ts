import { systemClock } from '@ccproxy/kernel';
import type { OAuthSource } from '@ccproxy/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TokenPlace } from '../testing/token-place.js';
import { commandEnvironment } from './command-environment.js';
import { fetchToken } from './fetch-token.js';
import { systemSourceIo } from './source-io.js';
import type { Fetched } from './token-of-text.js';

const canary = 'canary-token-of-the-source-1';
let place: TokenPlace;
beforeEach(() => {
  place = new TokenPlace();
  place.token = `${canary}\n`;
});
afterEach(() => place.remove());

const env = { PATH: process.env['PATH'], HOME: '/', ANTHROPIC_API_KEY: 'sk-other-provider', VAULT_ADDR: 'https://vault' };
const ask = (source: OAuthSource, signal = new AbortController().signal): Promise<Fetched> =>
  fetchToken(source, systemSourceIo(env), systemClock, signal);
const run = (argv: readonly string[], timeout = 10_000, passEnv: readonly string[] = []): Promise<Fetched> =>
  ask({ kind: 'command', argv, timeout, passEnv });

describe('a command', () => {
  it('[C3] gives what it prints', async () => {
    expect(await run(place.command())).toEqual({ token: canary });
  });

  it('[C3][F1] row 24: is run without a shell: its words stay words', async () => {
    place.token = '';
    const words = ['; echo injected-token', '$(echo injected-token)', '`id`', '| cat', '&& true', '*'];
    const script = 'process.stdout.write(Buffer.from(JSON.stringify(process.argv.slice(1))).toString("base64url"))';
    const fetched = await run([process.execPath, '-e', script, ...words]);
    expect(JSON.parse(Buffer.from('token' in fetched ? fetched.token : '', 'base64url').toString())).toEqual(words);
  });

  it.each([
    ['ends with another code', 'exit 3', 'its oauth.command ended with exit code 3'],
    ['is killed', 'kill -9 $$', 'its oauth.command was ended by SIGKILL'],
    ['prints nothing', 'exit 0', 'its oauth.command gave nothing'],
    ['prints several words', 'echo two words', 'its oauth.command gave more than one word'],
    ['prints too much', 'head -c 200000 /dev/zero', 'its oauth.command printed more than 64 KiB'],
    ['prints for ever', 'yes', 'its oauth.command printed more than 64 KiB'],
  ])('[C3][F1] row 24: that %s gives a reason', async (_what, script, reason) => {
    expect(await run([place.write('bad', `#!/bin/sh\necho ${canary} >&2\n${script}\n`, 0o755)])).toMatchObject({
      reason: expect.stringContaining(reason),
    });
  });

  it('[C3][F1] row 24: that hangs ends with all it started when its time is up', async () => {
    const argv = [place.write('hang', `#!/bin/sh\nsleep 600 &\necho $! > '${place.dir}/child'\nwait\n`, 0o755)];
    expect(await run(argv, 1500)).toEqual({ reason: 'its oauth.command did not end within 1.5 s' });
    const { readFileSync } = await import('node:fs');
    const child = Number(readFileSync(`${place.dir}/child`, 'utf8'));
    const gone = (): boolean => {
      try {
        // A zombie nobody reaps counts as gone: it runs no more.
        return readFileSync(`/proc/${child}/stat`, 'utf8').includes(') Z ');
      } catch {
        return true;
      }
    };
    await expect.poll(gone).toBe(true);
  });

  it('[C3] that cannot be run gives the reason of the system', async () => {
    expect(await run(['no-such-program-of-ccproxy'])).toEqual({ reason: 'its oauth.command cannot be run (ENOENT)' });
    expect(await run([place.write('plain', 'x', 0o600)])).toEqual({ reason: 'its oauth.command cannot be run (EACCES)' });
    expect(await run(['a\0b'])).toEqual({ reason: 'its oauth.command cannot be run (ERR_INVALID_ARG_VALUE)' });
  });

  it('ends when the source is closed', async () => {
    const stop = new AbortController();
    const fetched = ask({ kind: 'command', argv: ['sleep', '600'], timeout: 60_000, passEnv: [] }, stop.signal);
    stop.abort();
    expect(await fetched).toEqual({ reason: 'its oauth.command was stopped' });
  });

  it('[C3][F1] sees the variables it needs and those the user named, and no key', async () => {
    const script = `#!/bin/sh\nprintf 'value:%s:%s:%s' "$ANTHROPIC_API_KEY" "$VAULT_ADDR" "$HOME"\n`;
    const program = place.write('env', script, 0o755);
    expect(await run([program])).toEqual({ token: 'value:::/' });
    expect(await run([program], 10_000, ['VAULT_ADDR'])).toEqual({ token: 'value::https://vault:/' });
    expect(Object.keys(commandEnvironment({ Path: 'a', SystemRoot: 'b', SECRET: 'c' }, [], 'win32'))).toEqual(['Path', 'SystemRoot']);
  });
});

describe('a file and a variable', () => {
  it('[C3] gives the whole file, or what a pointer leads to', async () => {
    const json = place.write('t.json', JSON.stringify({ 'a/b': [{ 'x~y': canary }], n: 5, none: null }));
    const file = (path: string, pointer: string): Promise<Fetched> => ask({ kind: 'file', path, pointer });
    expect(await file(`${place.dir}/token`, '')).toEqual({ token: canary });
    expect(await file(json, '/a~1b/0/x~0y')).toEqual({ token: canary });
    for (const pointer of ['/n', '/none', '/toString', '/a~1b/9/x', '/n/x', '/']) {
      expect(await file(json, pointer)).toEqual({ reason: `its oauth.file has no text at ${pointer}` });
    }
    expect(await file(`${place.dir}/token`, '/a')).toEqual({ reason: 'its oauth.file is not JSON' });
    expect(await file(`${place.dir}/absent`, '')).toMatchObject({ reason: expect.stringContaining('ENOENT') });
    expect(await file(place.dir, '')).toMatchObject({ reason: expect.stringContaining('not a regular file') });
  });

  it('[C3] gives the value of a variable, never one of the prototype', async () => {
    expect(await ask({ kind: 'env', name: 'ANTHROPIC_API_KEY' })).toEqual({ token: 'sk-other-provider' });
    for (const name of ['ABSENT', 'toString', 'constructor']) {
      expect(await ask({ kind: 'env', name })).toEqual({ reason: `environment variable ${name} is not set` });
    }
    expect(await ask({ kind: 'env', name: 'HOME' })).toEqual({ reason: 'the variable HOME gave a token of 1 characters' });
  });
});
