import { defineErrors } from '@ccproxy/kernel';

/** Coded errors of the command line itself. */
export const errors = defineErrors({
  CCP_DECISION_UNKNOWN: {
    title: 'No decision about that request',
    why: 'The daemon keeps the last 20 000 routing decisions for a week; the request is none of them, or was refused before it was routed.',
    fix: 'Take the id from `x-ccproxy-request-id` of an answer, or list the last ones with `ccproxy route explain --last 20`.',
    exitCode: 1,
    httpStatus: 404,
  },
  CCP_ESTIMATES_UNKNOWN: {
    title: 'No estimate of tokens can be compared',
    why: 'None of the recorded decisions has an answer whose provider reported how many input tokens it counted.',
    fix: 'Send a request through the daemon and ask again; `ccproxy route explain --last 5` shows what is recorded.',
    exitCode: 1,
    httpStatus: 404,
  },
  CCP_USAGE: {
    title: 'Wrong usage',
    why: 'A command was called with a flag, argument or value it does not take.',
    fix: 'Run the command with --help to see what it takes.',
    exitCode: 2,
    httpStatus: 400,
  },
  CCP_DEMO_FAILED: {
    title: 'The demonstration failed',
    why: 'A request of the built-in demonstration was not answered as it must be.',
    fix: 'Run `ccproxy doctor`; if it finds nothing, report the output of `ccproxy demo`.',
    exitCode: 1,
    httpStatus: 500,
  },
});
