import { describe, expect, it } from 'vitest';
import { cliArguments } from './cli-arguments.js';

describe('cliArguments', () => {
  it.each([
    [[], []],
    [
      ['-p', 'hi', '--settings', 'x'],
      ['-p', 'hi', '--settings', 'x'],
    ],
    [
      ['--', '--help'],
      ['--', '--help'],
    ],
    [
      ['--json', '--state-dir', '/x', ''],
      ['--json', '--state-dir', '/x', ''],
    ],
    [
      ['-p', '--claude-bin', '/x'],
      ['-p', '--claude-bin', '/x'],
    ],
    [['--claude-bin'], ['--claude-bin']],
  ])('[A1] every argument is the client’s: %j', (argv, theirs) => {
    expect(cliArguments(argv)).toEqual(['claude', '--', ...theirs]);
  });

  it('[A1] takes the client named at the very beginning', () => {
    expect(cliArguments(['--claude-bin', '/x', '-p'])).toEqual(['claude', '--claude-bin', '/x', '--', '-p']);
    expect(cliArguments(['--claude-bin=/x', '-p'])).toEqual(['claude', '--claude-bin=/x', '--', '-p']);
  });
});
