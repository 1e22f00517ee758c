/** A program of the system which a test suite runs, and the Debian package that brings it. */
export interface TestProgram {
  readonly program: string;
  readonly debian: string;
  readonly usedBy: string;
}

/** The one list, by run. A program is here because a suite runs it today. */
export const testPrograms: readonly TestProgram[] = [{ program: 'git', debian: 'git', usedBy: 'the clean-clone test' }];
export const clientTestPrograms: readonly TestProgram[] = [{ program: 'tmux', debian: 'tmux', usedBy: 'the real client in a terminal' }];
