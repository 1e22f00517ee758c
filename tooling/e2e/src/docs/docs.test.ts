import { ccproxyBin, createTempHome, runBin, type TempHome } from '@ccproxy-internal/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandProblem, readManifest } from './check-command.ts';
import { commandLines } from './command-lines.ts';
import { brokenLinks } from './links.ts';
import { fencedBlocks, readPages } from './pages.ts';

const pages = readPages();
const configurations = readPages(['*.md', 'docs/guide/*.md', '.changeset/*.md']).flatMap((page) =>
  fencedBlocks(page)
    .filter(({ language }) => language === 'yaml')
    .map(({ text, line }) => ({ place: `${page.path}:${line}`, text })),
);

let home: TempHome;
beforeAll(() => {
  home = createTempHome();
  // Modules that configurations name.
  home.write('route.mjs', 'export default () => false;\n');
  home.write('observe.mjs', 'export default () => undefined;\n');
  home.write('own-provider.mjs', 'export default () => ({});\n');
});
afterAll(() => home.remove());

describe('documentation', () => {
  it('finds what it is about', () => {
    expect(pages.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', 'docs/guide/usage.md', 'packages/wire/README.md']));
    expect(configurations.length).toBeGreaterThan(5);
    expect(pages.flatMap(commandLines).length).toBeGreaterThan(50);
  });

  it.each(configurations)('[C7] the configuration at $place is valid', async ({ text }) => {
    const file = home.write('example.yaml', text);
    const { code, stdout, stderr } = await runBin(ccproxyBin, ['config', 'validate', '--config', file], { env: home.env() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('is valid');
  });

  it('names only commands and flags there are', () => {
    const manifest = readManifest();
    const problems = pages.flatMap((page) =>
      commandLines(page).flatMap((line) => {
        const problem = commandProblem(line, manifest);
        return problem === undefined ? [] : [`${page.path}: ${problem}`];
      }),
    );
    expect(problems).toEqual([]);
  });

  it('links to pages and headings that exist', () => {
    expect(pages.flatMap((page) => brokenLinks(page).map((target) => `${page.path}: ${target}`))).toEqual([]);
  });
});

describe('the check of command lines', () => {
  const manifest = { commands: { start: { flags: { port: { name: 'port', char: 'p', allowNo: true } } }, 'config:init': { flags: {} } } };

  it.each([
    ['start --port 1', undefined],
    ['start --no-port -p --json', undefined],
    ['config init', undefined],
    ['start -- --anything', undefined],
    ['--version', undefined],
    ['<command>', undefined],
    ['plugins install x', undefined],
    ['start --prot', '`ccproxy start` has no flag --prot'],
    ['rout list', 'there is no command `ccproxy rout list`'],
    ['config', 'there is no command `ccproxy config`'],
  ])('judges `ccproxy %s`', (line, problem) => {
    expect(commandProblem(line, manifest)).toBe(problem);
  });

  it('reads spans, indented code and prompts, and no outputs', () => {
    const text = [
      'Run `ccproxy start`, not ccproxy words; a later version has `ccproxy later`.',
      '',
      '    A=1 ccproxy claude -- -p x | ccproxy second  # not ccproxy third',
      '',
      '```console',
      '$ ccproxy status --json',
      'ccproxy is running',
      '```',
    ].join('\n');
    expect(commandLines({ path: 'a.md', text })).toEqual(['status --json', 'claude -- -p x', 'second']);
    expect(commandLines({ path: 'a.md', text: 'Run `A=1 ccproxy start`.' })).toEqual(['start']);
  });
});
