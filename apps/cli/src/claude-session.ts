import type { DaemonClient, SessionGrant } from '@ccproxy/client';
import { type AppPaths, CcproxyError } from '@ccproxy/kernel';
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

export interface SessionPlace {
  readonly paths: AppPaths;
  readonly cwd: string;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** Id of the allowed project the session works in. */
  readonly project: string | undefined;
  /** What the session lasts as long as: this process, whatever it turns into, or the connection. */
  readonly heldBy: 'connection' | 'process';
  /** Told why the project has no effect. */
  readonly warn: (sentence: string) => void;
}

/**
 * Opens a session with the daemon (lease and token) and writes its settings file.
 * @throws CCP_CLAUDE_SETTINGS for settings of the user that cannot be read, and failures of the connection
 */
export async function openClaudeSession(client: DaemonClient, parsed: ParsedClaudeArgs, place: SessionPlace): Promise<ClaudeSession> {
  const { paths, cwd, home, env } = place;
  const userSettings = await readSettingsArguments(parsed.settings, cwd);
  const layers = await readSettingsLayers({ env, cwd, home, platform: process.platform });
  const grant = await openSession(client, place);
  const settings = await writeSessionSettings(
    paths.sessionsDir,
    { pid: process.pid, id: grant.id },
    buildSessionSettings({
      baseUrl: baseUrlOf(grant),
      token: grant.token,
      capabilities: grant.capabilities,
      outputLimit: grant.project?.outputLimit ?? undefined,
      userSettings,
      userEnv: effectiveEnvironment(layers),
    }),
  );
  return { grant, args: withSettingsFile(parsed, settings.file), settings };
}

/** What a client of this session puts into ANTHROPIC_BASE_URL. */
export const baseUrlOf = ({ url, project }: Pick<SessionGrant, 'url' | 'project'>): string =>
  project === null ? url : `${url}/p/${project.id}`;

/** A project that the daemon cannot serve does not keep its user from working: the session is then one outside of projects. */
async function openSession(client: DaemonClient, { project, heldBy, warn }: SessionPlace): Promise<SessionGrant> {
  const request = { client: 'ccproxy claude', pid: process.pid, heldBy };
  if (project === undefined) return client.openSession(request);
  try {
    return await client.openSession({ ...request, project });
  } catch (error) {
    if (!CcproxyError.isInstance(error) || !error.code.startsWith('CCP_PROJECT_')) throw error;
    warn(`the project has no effect: ${error.message} ${error.hint}`);
    return client.openSession(request);
  }
}
