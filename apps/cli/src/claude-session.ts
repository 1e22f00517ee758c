import type { DaemonClient, SessionGrant } from '@ccproxy/client';
import type { AppPaths } from '@ccproxy/kernel';
import {
  buildSessionSettings,
  effectiveEnvironment,
  type ParsedClaudeArgs,
  readSettingsArguments,
  readSettingsLayers,
  type SessionSettingsFile,
  withSettingsFile,
  writeSessionSettings,
} from '@ccproxy/launch';

/** A Claude session that goes through the gateway. */
export interface ClaudeSession {
  readonly grant: SessionGrant;
  /** Arguments for the client: the user's, with one settings file. */
  readonly args: readonly string[];
  readonly settings: SessionSettingsFile;
}

/**
 * Opens a session with the daemon (lease and token, both end with the connection) and writes its settings file.
 * @throws CCP_CLAUDE_SETTINGS for settings of the user that cannot be read, and failures of the connection
 */
export async function openClaudeSession(
  client: DaemonClient,
  parsed: ParsedClaudeArgs,
  place: { readonly paths: AppPaths; readonly cwd: string; readonly home: string; readonly env: NodeJS.ProcessEnv },
): Promise<ClaudeSession> {
  const { paths, cwd, home, env } = place;
  const userSettings = await readSettingsArguments(parsed.settings, cwd);
  const layers = await readSettingsLayers({ env, cwd, home, platform: process.platform });
  const grant = await client.openSession({ client: 'ccproxy claude', pid: process.pid });
  const settings = await writeSessionSettings(
    paths.sessionsDir,
    { pid: process.pid, id: grant.id },
    buildSessionSettings({
      baseUrl: grant.url,
      token: grant.token,
      capabilities: grant.capabilities,
      userSettings,
      userEnv: effectiveEnvironment(layers),
    }),
  );
  return { grant, args: withSettingsFile(parsed, settings.file), settings };
}
