import { defineErrors } from '@ccproxy/kernel';

/** Every failure of generating, installing and removing the shell integration. */
export const errors = defineErrors({
  CCP_SHELL_USAGE: {
    title: 'Wrong usage of shell-integration',
    why: 'The command takes the name of one shell, and at most one of --install, --uninstall, --check and --print.',
    fix: 'Run `ccproxy shell-integration --help` to see what it takes.',
    exitCode: 2,
    httpStatus: 400,
  },
  CCP_SHELL_RC_UNUSABLE: {
    title: 'The start-up file of the shell cannot be edited',
    why: 'It is not a file, holds a begin mark of ccproxy without its end mark, or cannot be read as text.',
    fix: 'Repair the file by hand, or name another one with --rc.',
    exitCode: 1,
    httpStatus: 500,
  },
  CCP_SHELL_NOT_READY: {
    title: 'The shell integration is not in order',
    why: 'The check found the stub missing or doubled, or the hook file missing, changed or of another version.',
    fix: 'Run `ccproxy shell-integration <shell> --install`, then open a new shell.',
    exitCode: 1,
    httpStatus: 500,
  },
});
