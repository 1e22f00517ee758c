import { resolve } from 'node:path';
import type { DaemonStatusReport } from '@ccproxy/client/connect';
import { versionSkew } from '@ccproxy/client/version-skew';
import { compareVariables } from '@ccproxy/config/variables';

/**
 * What a caller should know about a daemon it did not start: another version, another configuration file than the one asked for,
 * environment variables whose values have changed since. Each sentence names `ccproxy restart`.
 */
export function startWarnings(
  status: DaemonStatusReport,
  own: { readonly version: string; readonly env: NodeJS.ProcessEnv; readonly config: string | undefined; readonly cwd: string },
): string[] {
  const skew = versionSkew(status, own.version);
  const asked = own.config ?? own.env['CC_PROXY_CONFIG'] ?? own.env['CC_PROXY_CONFIG_FILE'];
  const wanted = asked === undefined || asked === '' ? undefined : resolve(own.cwd, asked);
  const changed = compareVariables(status, own.env);
  return [
    ...(skew === undefined ? [] : [skew.sentence]),
    ...(wanted === undefined || wanted === status.configFile
      ? []
      : [
          `The running daemon uses ${status.configFile ?? 'the built-in configuration'}, not ${wanted}: run \`ccproxy restart --config ${wanted}\` to change that.`,
        ]),
    ...(changed.length === 0
      ? []
      : [`The daemon was started with other values of ${changed.join(', ')}: run \`ccproxy restart\` to use the present ones.`]),
  ];
}
