import type { AppPaths } from '@ccproxy/kernel';
import { CcproxyError } from '@ccproxy/kernel/errors-core';

/** Why no connection came about and what to do, as one or two sentences for the user. Never holds a secret. */
export function explainConnectFailure(thrown: unknown, paths: AppPaths): string {
  if (!CcproxyError.isInstance(thrown))
    return `The daemon cannot be reached: ${thrown instanceof Error ? thrown.message : String(thrown)}.`;
  const error = thrown;
  switch (error.code) {
    case 'CCP_IPC_UNREACHABLE':
    case 'CCP_DAEMON_NOT_RUNNING':
      return `The ccproxy daemon is not running (state directory ${paths.root}). Start it with \`ccproxy start\`.`;
    case 'CCP_IPC_UNAUTHORIZED':
      return `The daemon that answers on ${paths.ipcSocket} does not accept the token in ${paths.tokenFile}: it was started with another state directory, or the token was replaced. Run \`ccproxy stop\` and \`ccproxy start\`, or name its state directory with --state-dir.`;
    case 'CCP_PERMISSION_DENIED':
      return `${error.message}. The state directory ${paths.root} belongs to another user or was made unreadable; use your own with --state-dir.`;
    default:
      return `${error.message} ${error.hint}`.trim();
  }
}
