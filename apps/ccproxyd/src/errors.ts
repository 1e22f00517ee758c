import { defineErrors } from '@ccproxy/kernel';

/** Coded errors of the daemon's composition and lifecycle. */
export const errors = defineErrors({
  CCP_DAEMON_USAGE: {
    title: 'Wrong arguments',
    why: 'ccproxyd was called with an option it does not know or a value it cannot use.',
    fix: 'See `ccproxy start --help`; ccproxyd takes the same options.',
    exitCode: 2,
    httpStatus: 500,
  },
  CCP_DAEMON_RUNNING: {
    title: 'A daemon is already running',
    why: 'One state directory belongs to one daemon; a second one exits and leaves the first alone.',
    fix: 'Use the running one (`ccproxy status`), stop it (`ccproxy stop`), or give the second one its own `--state-dir`.',
    exitCode: 1,
    httpStatus: 409,
  },
  CCP_DAEMON_STOPPING: {
    title: 'The daemon is stopping',
    why: 'It finishes the requests in flight and takes no new session; the next daemon does.',
    fix: 'Try again in a moment; `ccproxy status` shows when it has stopped.',
    exitCode: 1,
    httpStatus: 503,
    retryable: true,
  },
  CCP_DAEMON_NO_PROCESS: {
    title: 'No such process',
    why: 'A session was to last as long as a process that this daemon cannot see: it ended already, or runs in another container.',
    fix: 'Run `ccproxy claude --stay`: the session then lasts as long as its connection.',
    exitCode: 1,
    httpStatus: 400,
  },
  CCP_DAEMON_RELOAD: {
    title: 'The configuration was not reloaded',
    why: 'The file in use is gone or empty. That is mostly a file that is just being replaced, so the last good configuration stays in force.',
    fix: 'Write the file and run `ccproxy config reload`; `ccproxy restart` starts with whatever is there.',
    exitCode: 2,
    httpStatus: 500,
  },
  CCP_DAEMON_TAKEOVER: {
    title: 'The successor could not take over',
    why: '`ccproxy restart` starts the new daemon first; it failed or did not become ready in time, so the old one goes on serving.',
    fix: 'Read the reason given, correct it, and run `ccproxy restart` again.',
    exitCode: 1,
    httpStatus: 500,
  },
});
