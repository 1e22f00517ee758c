/** A program of the system which a test suite runs, and the Debian package that brings it. */
export interface TestProgram {
  readonly program: string;
  readonly debian: string;
  readonly usedBy: string;
}

/** The one list, by run. A program is here because a suite runs it today. */
export const testPrograms: readonly TestProgram[] = [
  { program: 'git', debian: 'git', usedBy: 'the clean-clone test' },
  { program: 'bash', debian: 'bash', usedBy: 'the tests of the shell hooks' },
  { program: 'zsh', debian: 'zsh', usedBy: 'the tests of the shell hooks' },
  { program: 'fish', debian: 'fish', usedBy: 'the tests of the shell hooks' },
  { program: 'dash', debian: 'dash', usedBy: 'the tests of the shell hooks' },
  { program: 'direnv', debian: 'direnv', usedBy: 'the tests of the shell hooks' },
  { program: 'strace', debian: 'strace', usedBy: 'the tests of the shell hooks' },
  { program: 'tmux', debian: 'tmux', usedBy: 'the tests of the shell hooks in a terminal' },
];
export const clientTestPrograms: readonly TestProgram[] = [{ program: 'tmux', debian: 'tmux', usedBy: 'the real client in a terminal' }];
