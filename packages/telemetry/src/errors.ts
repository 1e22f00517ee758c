import { defineErrors } from '@ccproxy/kernel';

export const errors = defineErrors({
  CCP_LOG_UNWRITABLE: {
    title: 'Log cannot be written',
    why: 'The log file cannot be opened or written: the disk is full, the directory is missing or not ours. Traffic goes on without the log.',
    fix: 'Free space or give your user access to the log directory, or choose another with `--log-dir`; logging resumes by itself.',
    exitCode: 1,
    httpStatus: 500,
    retryable: true,
  },
  CCP_LOG_UNREADABLE: {
    title: 'Log cannot be read',
    why: 'The log file is missing or not readable by this user.',
    fix: 'Start the daemon once with `ccproxy start`, or name the log directory with `--log-dir`.',
    exitCode: 1,
    httpStatus: 500,
  },
  CCP_LOG_LEVEL: {
    title: 'Unknown log level',
    why: 'Levels are trace, debug, info, warn, error, fatal and silent.',
    fix: 'Use one of trace, debug, info, warn, error, fatal, silent.',
    exitCode: 2,
    httpStatus: 400,
  },
  CCP_METRIC_DUPLICATE: {
    title: 'Metric registered twice',
    why: 'Two modules registered a metric of the same name.',
    fix: 'Report it, or remove the plugin that uses the name of another metric.',
    exitCode: 1,
    httpStatus: 500,
  },
});
