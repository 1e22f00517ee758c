import { defineErrors } from '@ccproxy/kernel/errors-core';

/** What can go wrong between a program and the daemon it wants. */
export const errors = defineErrors({
  CCP_DAEMON_NOT_RUNNING: {
    title: 'The daemon is not running',
    why: 'Nothing answers on the control socket of the state directory, and no live process is recorded there.',
    fix: 'Start it with `ccproxy start`.',
    exitCode: 3,
    httpStatus: 503,
    retryable: true,
  },
  CCP_DAEMON_UNRESPONSIVE: {
    title: 'The daemon does not answer',
    why: 'Its process is alive but did not answer on the control socket in time: it is still starting, busy, or hangs.',
    fix: 'Look at `ccproxy logs`; `ccproxy stop` ends it, by force if need be.',
    exitCode: 1,
    httpStatus: 503,
    retryable: true,
  },
  CCP_DAEMON_START_FAILED: {
    title: 'The daemon did not start',
    why: 'The process ended, or could not be created, before the daemon was ready.',
    fix: 'The last lines of its log say why; `ccproxy start --foreground` shows everything.',
    exitCode: 1,
    httpStatus: 500,
  },
  CCP_DAEMON_STOP_FAILED: {
    title: 'The daemon could not be stopped',
    why: 'Its process is still there after the time for draining and after the signals it was sent, or it cannot be told apart from another process.',
    fix: 'End the named process yourself, then run `ccproxy stop` again to clean up.',
    exitCode: 1,
    httpStatus: 500,
  },
});
