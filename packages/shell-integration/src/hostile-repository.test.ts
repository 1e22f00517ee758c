import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runShell } from './testing/run-shell.js';
import { createTestWorld, testedShells, type TestWorld } from './testing/test-world.js';

const pieces = ['$(touch pwned)', '`touch pwned`', ';touch pwned;', '|touch pwned', '&& touch pwned', '\n', '\ntouch pwned\n', "'", '"', '\\', '*', '?', '[a]', '~', '!', '!!', '#', ' ', '-n', '--', '%s', '%n', '${HOME}', '$HOME', '$((1))', '{a,b}', '<(touch pwned)', '>pwned', '\u001b]0;owned\u0007', '\u001b[31m', '\r', '\t', '\u0001', '\u007f', '\u00c2\u009b31m', '\u00ff\u00fe', '\u00c3', '=', ':', 'a'.repeat(200), '.ccproxy', '@0', '\b', 'é']; // prettier-ignore

/** 200 directory names, the same in every run; one character per byte. */
function hostileNames(): string[] {
  const name = fc
    .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 3 })
    .map((parts) => Buffer.from(parts.join(''), 'latin1').subarray(0, 250).toString('latin1'))
    .filter((text) => text !== '.' && text !== '..' && !text.includes('/'));
  return [...new Set([...pieces, ...fc.sample(name, { numRuns: 400, seed: 22 })])]
    .filter((text) => !text.includes('/') && text !== '')
    .slice(0, 200);
}

const evilValues = ['https://evil.example', '//evil.example', 'http://127.0.0.1:1@evil.example/p/a', '/p/', '/p/../v1', '/p/a/b', '/p/a b', '/p/$(touch pwned)', '/p/`touch pwned`', '/p/a\nPATH=/evil', '/p/é', `/p/${'a'.repeat(65)}`, '/P/abc', 'p/abc', '']; // prettier-ignore
const evilRecords = ['PATH=/evil', 'LD_PRELOAD=/evil.so', 'NODE_OPTIONS=--require /evil.js', 'HTTPS_PROXY=http://evil', 'PROMPT_COMMAND=touch pwned', 'x[$(touch pwned)]=1', 'ANTHROPIC_AUTH_TOKEN=x', 'ANTHROPIC_CUSTOM_HEADERS=authorization: x', 'ANTHROPIC_CUSTOM_HEADERS=x-ccproxy-token: a\nx: y', 'NO_PROXY=*', 'NO_PROXY=evil example', 'CCPROXY_PROFILE=$(touch pwned)', 'CCPROXY_PROFILE=\u001b[31m', 'IFS=x', '=', 'ENV=/evil', 'anthropic_base_url=/p/x', 'BASH_ENV=/evil', '@', '@9', '@0]']; // prettier-ignore
const evilFiles = ['$(touch pwned)', 'env:\n  ANTHROPIC_BASE_URL: https://evil.example\n', 'hooks: { start: touch pwned }\n', '\u001b]0;x\u0007', '%s%n', '`touch pwned`', 'a'.repeat(70_000), '\n\n\n', '-n', '&a [*a]']; // prettier-ignore

const loopback = /^exported:http:\/\/127\.0\.0\.1:3456\/p\/[A-Za-z0-9_-]{1,64}$/;

describe.each(testedShells)('%s: a hostile repository', (shell) => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await createTestWorld();
  });
  afterAll(() => world.remove());
  const pwned = async (): Promise<string[]> =>
    (await readdir(path.dirname(world.home), { recursive: true })).filter((name) => path.basename(name) === 'pwned');

  it('[D2] defect 4: 9 200 directory names run nothing and print nothing a terminal obeys; half of them are allowed and are active', async () => {
    const names = hostileNames();
    expect(names).toHaveLength(200);
    await world.folder('names');
    const bytesOf = (name: string): Buffer => Buffer.from(path.join(world.home, 'names', name), 'latin1');
    for (const [index, name] of names.entries()) {
      mkdirSync(bytesOf(name));
      writeFileSync(Buffer.concat([bytesOf(name), Buffer.from('/.ccproxy.yaml')]), 'a: 1\n');
      if (index % 2 === 1) continue;
      const entry = Buffer.concat([Buffer.from(`${world.stateDir}/env`), bytesOf(name)]);
      mkdirSync(entry, { recursive: true });
      writeFileSync(Buffer.concat([entry, Buffer.from('/.ccproxy-env')]), '1\0ANTHROPIC_BASE_URL=/p/abc\0CCPROXY_PROFILE=work\0');
      writeFileSync(Buffer.concat([entry, Buffer.from('/.ccproxy-trusted.0')]), 'a: 1\n');
    }
    const run = await runShell(
      shell,
      world,
      (w) => [
        ...names.flatMap((name, index) => [w.cd(path.join(world.home, 'names', name)), w.prompt, w.show(`${index}`)]),
        w.cd('/'),
        w.prompt,
        w.show('end'),
      ],
      { bytes: true },
    );
    const on = names.map((_, index) => run.at(`${index}`)['ANTHROPIC_BASE_URL']);
    expect(on).toEqual(names.map((_, index) => (index % 2 === 0 ? 'exported:http://127.0.0.1:3456/p/abc' : 'unset')));
    expect(run.at('end')).toMatchObject({ ANTHROPIC_BASE_URL: 'unset' });
    expect(run.stderr.split('\n').length).toBeGreaterThan(90);
    // C0 but line ends, DEL, and the C1 controls as UTF-8 writes them.
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    expect(run.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]|\u00c2[\u0080-\u009f]/);
    expect(await pwned()).toEqual([]);
  });

  it('[D2] 19 23 30 project files and what they would put into the environment: no foreign address, no other variable, nothing run', async () => {
    const places: string[] = [];
    for (const [index, content] of evilFiles.entries())
      places.push(await world.project(`file${index}`, { content, allowed: index % 2 === 0 }));
    for (const [index, value] of evilValues.entries())
      places.push(await world.project(`value${index}`, { variables: { ANTHROPIC_BASE_URL: value } }));
    for (const [index, record] of evilRecords.entries()) {
      const place = await world.project(`record${index}`, { content: 'a: 1\n', allowed: false });
      await world.tree.raw(place, ['a: 1\n'], Buffer.from(`1\0ANTHROPIC_BASE_URL=/p/abc\0${record}\0`));
      places.push(place);
    }
    expect(places.length).toBeGreaterThanOrEqual(30);
    // Line ends inside values become question marks.
    const dump = (label: string): string => `printf '%s\\n' '@@${label}@@'; env -0 | tr '\\n\\0' '?\\n'`;
    const run = await runShell(
      shell,
      world,
      (w) => [w.prompt, dump('own'), ...places.flatMap((place, index) => [w.cd(place), w.prompt, w.show(`${index}`), dump(`${index}`)])],
      { env: { HTTPS_PROXY: 'mine' } },
    );
    const environments = new Map<string, Readonly<Record<string, string>>>();
    for (const part of run.stdout.split(/^@@/m).slice(1)) {
      const [label = '', ...lines] = part.split('\n');
      const pairs = lines
        .filter((line) => line !== '')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
      environments.set(label.replace('@@', ''), Object.fromEntries(pairs) as Record<string, string>);
    }
    const mayDiffer = /^(?:ANTHROPIC_BASE_URL|ANTHROPIC_CUSTOM_HEADERS|NO_PROXY|CCPROXY_PROFILE|__CCPROXY_\w+|PWD|OLDPWD|_)$/;
    const others = (label: string) =>
      Object.entries(environments.get(label) ?? {})
        .filter(([name]) => !mayDiffer.test(name))
        .toSorted(([one], [other]) => (one < other ? -1 : 1));
    const addresses = places.map((_, index) => run.at(`${index}`)['ANTHROPIC_BASE_URL'] ?? '');
    expect(addresses.filter((address) => address !== 'unset' && !loopback.test(address))).toEqual([]);
    expect(addresses.filter((address) => address !== 'unset').length).toBeGreaterThan(20);
    const changed = places.filter((_, index) => !isDeepStrictEqual(others(`${index}`), others('own')));
    expect(changed).toEqual([]);
    expect(others('own').length).toBeGreaterThan(4);
    const values = places.map((_, index) => run.at(`${index}`));
    expect(
      values.every(({ NO_PROXY = '', CCPROXY_PROFILE = '', ANTHROPIC_CUSTOM_HEADERS = '' }) =>
        [NO_PROXY, CCPROXY_PROFILE, ANTHROPIC_CUSTOM_HEADERS].every((value) => /^unset$|^exported:work$/.test(value)),
      ),
    ).toBe(true);
    expect(await pwned()).toEqual([]);
  });
});
