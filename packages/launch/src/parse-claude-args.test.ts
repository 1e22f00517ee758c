import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClaudeArgs, withSettingsFile } from './parse-claude-args.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? '1');

describe('parseClaudeArgs', () => {
  it.each([
    [[]],
    [['']],
    [['explain this project']],
    [['-p', 'hello']],
    [['-pc', 'hello']],
    [['--print', '--output-format', 'json', 'hello']],
    [['-c']],
    [['--resume']],
    [['-r', 'mcp']],
    [['--resume', 'doctor', 'go on']],
    [['--model', 'mcp']],
    [['--append-system-prompt', '--version', 'x']],
    [['--append-system-prompt', 'mcp']],
    [['--allowedTools', 'Bash(git *)', 'mcp', 'Edit']],
    [['--allowedTools', 'mcp', '-p', 'hello']],
    [['-p', 'config']],
    [['-n', 'update']],
    [['--add-dir', '../a', '../b', '--verbose']],
    [['-d', 'api']],
    [['--unknown-option', 'mcp']],
    [['--', 'mcp']],
    [['--', '--version']],
    [['tell me', 'mcp']],
    [['--model=mcp', 'hi']],
    [['Mcp']],
    [['-']],
  ])('[A1] a session: %j', (args) => {
    expect(parseClaudeArgs(args)).toMatchObject({ startsSession: true, command: undefined });
  });

  it.each([
    [['--version'], '--version'],
    [['-v'], '-v'],
    [['-p', '--help'], '--help'],
    [['mcp', 'list'], 'mcp'],
    [['mcp', 'add', 'x', '--', 'npx', '--settings', 'y'], 'mcp'],
    [['--model', 'opus', 'mcp', 'list'], 'mcp'],
    [['--verbose', 'doctor'], 'doctor'],
    [['update'], 'update'],
    [['plugin', 'install', 'x'], 'plugin'],
    [['auth', 'login', '--console'], 'auth'],
    [['setup-token'], 'setup-token'],
    [['config', 'list'], 'config'],
    [['login'], 'login'],
    [['agents', '--settings', 'x'], 'agents'],
  ])('[A1] no session: %j', (args, command) => {
    expect(parseClaudeArgs(args)).toMatchObject({ startsSession: false, command, settings: [] });
  });

  it('[A6] finds every --settings in both forms, and no value that only looks like one', () => {
    expect(parseClaudeArgs(['--settings', 'a.json', '-p', 'x', '--settings={"a":1}']).settings).toEqual(['a.json', '{"a":1}']);
    expect(parseClaudeArgs(['--append-system-prompt', '--settings', '--', '--settings', 'x']).settings).toEqual([]);
    expect(parseClaudeArgs(['hello', '--settings']).settings).toEqual([]);
    expect(parseClaudeArgs(['--settings', '--model']).settings).toEqual(['--model']);
    expect(parseClaudeArgs(['--setting-sources', 'user']).settings).toEqual([]);
  });
});

describe('withSettingsFile', () => {
  it('[A6] puts one --settings in front, or in the place of the user’s last', () => {
    expect(withSettingsFile(parseClaudeArgs(['-p', 'x']), '/s')).toEqual(['--settings', '/s', '-p', 'x']);
    expect(withSettingsFile(parseClaudeArgs(['--settings', 'a', '-p', 'x', '--settings=b', 'y']), '/s')).toEqual([
      '-p',
      'x',
      '--settings',
      '/s',
      'y',
    ]);
  });

  it('[A1] leaves every other argument as it is, in order', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '-p',
        '--print',
        '--model',
        '--add-dir',
        '-r',
        '--',
        '',
        ' ',
        'a b',
        "'",
        '"',
        '\n',
        '--x=y',
        '-pc',
        'mcp',
        '--resume',
      ),
      fc.string(),
    );
    const property = fc.property(fc.array(word), (args) => {
      const parsed = parseClaudeArgs(args);
      const result = withSettingsFile(parsed, '/s');
      const at = result.indexOf('/s');
      const rest = [...result.slice(0, at - 1), ...result.slice(at + 1)];
      const users = parsed.settingsAt.flatMap(({ index, length }) => args.slice(index, index + length));
      return (
        result[at - 1] === '--settings' &&
        rest.length + users.length === args.length &&
        (users.length > 0 || rest.every((arg, i) => arg === args[i]))
      );
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 10_000 * scale }))).toBeUndefined();
  });
});
