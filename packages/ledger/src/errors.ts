import { defineErrors } from '@ccproxy/kernel';

/** The coded errors of this package. */
export const errors = defineErrors({
  CCP_LEDGER_IN_USE: {
    title: 'Ledger in use',
    why: 'Another process writes the ledger of this state directory.',
    fix: 'Stop the other ccproxy daemon (`ccproxy stop`), or give this one its own directory with --state-dir.',
    exitCode: 1,
    httpStatus: 503,
    retryable: true,
  },
  CCP_LEDGER_JOURNAL: {
    title: 'Journal not writable',
    why: 'The journal that makes ledger entries survive a crash could not be opened or written.',
    fix: 'Look at the named cause: free disk space, or give the user who runs ccproxy write access to the state directory.',
    exitCode: 1,
    httpStatus: 503,
    retryable: true,
  },
});
