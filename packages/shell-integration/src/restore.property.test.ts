import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runShell } from './testing/run-shell.js';
import type { ScriptWords } from './testing/shell-script.js';
import { createTestWorld, type TestedShell, testedShells, type TestWorld } from './testing/test-world.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
/** Walks per shell: 5,000 in all, 100,000 at a scale of 20. fish walks slowest. */
const walksOf: Readonly<Record<TestedShell, number>> = { bash: 2300, zsh: 2300, fish: 400 };
const perProcess = 275;

const names = ['ANTHROPIC_BASE_URL', 'ANTHROPIC_CUSTOM_HEADERS', 'NO_PROXY', 'no_proxy', 'CCPROXY_PROFILE', 'ENABLE_TOOL_SEARCH'] as const;
/** Projects by folder: what each sets. Not all are allowed, and they lie in each other. */
const projects: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = {
  a: { ANTHROPIC_BASE_URL: '/p/a', CCPROXY_PROFILE: 'a' },
  'a/b': { ANTHROPIC_BASE_URL: '/p/ab', NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1', ENABLE_TOOL_SEARCH: 'true' },
  'a/b/c': undefined,
  'a/b/c/d': { ANTHROPIC_BASE_URL: '/p/abcd', ANTHROPIC_CUSTOM_HEADERS: 'x-ccproxy-token: t0k.en_-', CCPROXY_PROFILE: 'deep' },
  'e f': { ANTHROPIC_BASE_URL: '/p/ef', CCPROXY_PROFILE: 'a' },
  "g'$(h)": { ANTHROPIC_BASE_URL: '/p/gh' },
};
const folders = [...Object.keys(projects), 'a/x', 'a/b/y/z', 'plain', 'plain/p', '.'];

interface Walk {
  readonly variables: readonly { readonly name: string; readonly kind: 'unset' | 'exported' | 'plain'; readonly value: string }[];
  readonly places: readonly string[];
}

const value = fc.oneof(
  fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0 ? 1 : byte))).toString('latin1')),
  fc.constantFrom('', 'http://127.0.0.1:3456/p/a', 'a', '127.0.0.1', 'u', ':', '\n'),
);
const walk: fc.Arbitrary<Walk> = fc.record({
  variables: fc.tuple(
    ...names.map((name) => fc.record({ name: fc.constant(name), kind: fc.constantFrom('unset', 'exported', 'plain'), value })),
  ),
  places: fc.array(fc.constantFrom(...folders), { minLength: 1, maxLength: 6 }),
});

describe.each(testedShells)('%s: exact restore', (shell) => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await createTestWorld();
    for (const [name, variables] of Object.entries(projects)) {
      await world.project(name, variables === undefined ? { allowed: false } : { variables });
    }
    for (const name of folders) await world.folder(name);
  });
  afterAll(() => world.remove());

  function steps(w: ScriptWords, { variables, places }: Walk, label: string): readonly string[] {
    const quiet = shell === 'fish' ? '2>/dev/null; true' : '2>/dev/null || :';
    return [
      ...variables.flatMap(({ name, kind, value: text }) => {
        const unset = `${w.unset(name)} ${quiet}`;
        return kind === 'unset' ? [unset] : [unset, kind === 'exported' ? w.set(name, text) : w.setLocal(name, text)];
      }),
      w.show(`before ${label}`),
      ...places.flatMap((place) => [w.cd(path.join(world.home, place)), w.prompt]),
      w.show(`last ${label}`),
      w.cd(world.home),
      w.prompt,
      w.show(`after ${label}`),
    ];
  }

  // One process each, so that no test is long on a slow machine.
  const firsts = Array.from({ length: Math.ceil((walksOf[shell] * scale) / perProcess) }, (_, index) => index * perProcess);
  it.each(firsts)('[D2] random walks with random values, from number %i: afterwards everything is what it was', async (first) => {
    const walks = fc.sample(walk, { numRuns: Math.min(perProcess, walksOf[shell] * scale - first), seed: first + 1 });
    const run = await runShell(shell, world, (w) => walks.flatMap((one, index) => steps(w, one, `${index}`)), { bytes: true });
    const wrong = walks.filter((_, index) => !isDeepStrictEqual(run.at(`after ${index}`), run.at(`before ${index}`)));
    expect(wrong).toEqual([]);
    const last = walks.flatMap(({ places }, index) => {
      const address = projects[places.at(-1) ?? '']?.['ANTHROPIC_BASE_URL'];
      return address === undefined ? [] : [[`exported:http://127.0.0.1:3456${address}`, run.at(`last ${index}`)['ANTHROPIC_BASE_URL']]];
    });
    expect(last.filter(([expected, seen]) => expected !== seen)).toEqual([]);
    expect(last.length).toBeGreaterThan(walks.length / 4);
    expect(run.stderr.replaceAll(/^ccproxy: .* is not allowed: .*\n/gm, '')).toBe('');
  });

  it('[D2] the whole environment and every variable of the shell, exported or not, are what they were', async () => {
    const dump = { bash: 'declare -p', zsh: 'typeset -p', fish: 'set --show' }[shell];
    const walks = fc.sample(walk, { numRuns: 20, seed: 7 });
    const files = walks.map((_, index) => path.join(world.home, `dump${index}`));
    const run = await runShell(
      shell,
      world,
      (w) =>
        walks.flatMap((one, index) => {
          const [first, ...rest] = [steps(w, one, `${index}`)].flatMap((all) => [all.findIndex((step) => step.includes('before')), ...all]);
          const all = rest as string[];
          const at = Number(first) + 1;
          const save = (name: string): string[] => [
            `${dump} >${w.quote(`${files[index]}.${name}`)} 2>&1`,
            `env -0 >${w.quote(`${files[index]}.${name}.env`)}`,
          ];
          return [w.cd(world.home), w.prompt, ...all.slice(0, at), ...save('before'), ...all.slice(at), ...save('after')];
        }),
      { bytes: true },
    );
    run.at(`after ${walks.length - 1}`);
    const own = /(?:__ccproxy_|__c_|__t_|CCPROXY_PROMPT)/;
    const moving =
      /\b(?:_|PWD|OLDPWD|dirprev|dirnext|__fish_cd_direction|RANDOM|SRANDOM|SECONDS|EPOCHREALTIME|EPOCHSECONDS|LINENO|BASH_\w+|PIPESTATUS|FUNCNAME|TTYIDLE|status|pipestatus|\?|history|argv|0|funcstack|functrace|funcfiletrace|funcsourcetrace|LINES|COLUMNS|CMD_DURATION|fish_pid|ppid|PPID|mapfile|MAPFILE)\b/;
    for (const file of files) {
      const lines = async (name: string) =>
        (await readFile(`${file}.${name}`, 'latin1')).split('\n').filter((line) => !own.test(line) && !moving.test(line.slice(0, 60)));
      expect(await lines('after')).toEqual(await lines('before'));
      const environment = async (name: string) =>
        (await readFile(`${file}.${name}.env`, 'latin1'))
          .split('\0')
          .filter((pair) => !/^(?:_|PWD|OLDPWD)=/.test(pair))
          .toSorted();
      expect(await environment('after')).toEqual(await environment('before'));
    }
  });
});

describe('shells in shells', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await createTestWorld();
    await world.project('p', { variables: { ANTHROPIC_BASE_URL: '/p/abc', CCPROXY_PROFILE: 'work', NO_PROXY: 'localhost' } });
    await world.project('q', { variables: { ANTHROPIC_BASE_URL: '/p/other', ENABLE_TOOL_SEARCH: 'true' } });
  });
  afterAll(() => world.remove());

  const chains = testedShells.flatMap((one) => testedShells.map((other) => [one, other] as const));
  it.each(chains)(
    '[D2] 42 43 %s activates, a %s in it leaves and enters another, and all is as it was; what the parent edited is kept',
    async (outer, inner) => {
      const values = ['mine', '', "a'b\n$(x)", '\u{1F600}'];
      for (const [index, text] of values.entries()) {
        const child = (w: ScriptWords): string[] => [
          w.prompt,
          w.show('child start'),
          w.cd(`${world.home}/p`),
          w.prompt,
          w.show('child in'),
          w.cd(`${world.home}/q`),
          w.prompt,
          w.show('child other'),
          w.cd(world.home),
          w.prompt,
          w.show('child after'),
        ];
        const parent = await runShell(outer, world, (w) => [
          w.set('ANTHROPIC_BASE_URL', text),
          w.set('NO_PROXY', text),
          w.setLocal('CCPROXY_PROFILE', 'not exported'),
          w.show('before'),
          w.cd(`${world.home}/p`),
          w.prompt,
          ...(index === 0 ? [w.set('ANTHROPIC_BASE_URL', 'edited')] : []),
          `env -0 >${w.quote(`${world.home}/env`)}`,
          w.cd(world.home),
          w.prompt,
          w.show('after'),
        ]);
        const pairs = (await readFile(`${world.home}/env`, 'utf8')).split('\0').filter((pair) => pair.includes('='));
        const env = Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
        const run = await runShell(inner, world, child, { env, cwd: `${world.home}/p` });
        const kept = index === 0 ? 'edited' : text;
        expect(run.at('child in')).toMatchObject({
          ANTHROPIC_BASE_URL: index === 0 ? 'exported:edited' : 'exported:http://127.0.0.1:3456/p/abc',
          CCPROXY_PROFILE: 'exported:work',
        });
        expect(run.at('child other')).toMatchObject({
          ANTHROPIC_BASE_URL: 'exported:http://127.0.0.1:3456/p/other',
          CCPROXY_PROFILE: 'unset',
        });
        // What the parent had not exported never reaches a child.
        expect(run.at('child after')).toMatchObject({
          ANTHROPIC_BASE_URL: `exported:${kept}`,
          NO_PROXY: `exported:${text}`,
          CCPROXY_PROFILE: 'unset',
          ENABLE_TOOL_SEARCH: 'unset',
        });
        expect(parent.at('after')).toMatchObject({
          ANTHROPIC_BASE_URL: `exported:${kept}`,
          NO_PROXY: `exported:${text}`,
          CCPROXY_PROFILE: 'plain:not exported',
        });
      }
    },
  );
});
