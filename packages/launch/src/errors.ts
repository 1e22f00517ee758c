import { defineErrors } from '@ccproxy/kernel';

/** Every failure of finding, preparing and starting the Claude client. */
export const errors = defineErrors({
  CCP_CLAUDE_NOT_FOUND: {
    title: 'Claude Code was not found',
    why: 'ccproxy runs the real `claude` program; none was found in PATH, or the one named does not exist.',
    fix: 'Install it with `npm install -g @anthropic-ai/claude-code`, or name it with --claude-bin or CLAUDE_CLI_PATH.',
    exitCode: 2,
    httpStatus: 500,
  },
  CCP_CLAUDE_NOT_EXECUTABLE: {
    title: 'The Claude program cannot be run',
    why: 'The file named is a directory, has no execute permission, or is of a kind the system cannot start without a shell.',
    fix: 'Name the program itself with --claude-bin or CLAUDE_CLI_PATH.',
    exitCode: 2,
    httpStatus: 500,
  },
  CCP_CLAUDE_INSIDE: {
    title: 'ccproxy would start itself',
    why: 'The `claude` that was found is an entry of ccproxy, so starting it would start ccproxy again, without end.',
    fix: 'Name the real client with --claude-bin or CLAUDE_CLI_PATH.',
    exitCode: 2,
    httpStatus: 500,
  },
  CCP_CLAUDE_START: {
    title: 'The Claude program did not start',
    why: 'The system refused to start the program.',
    fix: 'Run it by hand to see why; name another one with --claude-bin.',
    exitCode: 1,
    httpStatus: 500,
  },
  CCP_CLAUDE_SETTINGS: {
    title: 'Settings given with --settings cannot be used',
    why: 'ccproxy merges them with its own into one file, because Claude Code obeys only the last --settings. They have to be a readable file or inline text holding a JSON object.',
    fix: 'Correct the file or the JSON.',
    exitCode: 2,
    httpStatus: 500,
  },
});
