import type { SessionGrant } from '@ccproxy/client';
import { sessionEnvironment } from '@ccproxy/launch';
import { baseUrlOf } from './claude-session.js';

/** The variables that lead a client to the gateway, in the name of the grant's project: the same as `ccproxy claude` gives its client. */
export function projectEnvironment(
  grant: Pick<SessionGrant, 'url' | 'project' | 'capabilities'>,
  token: string | undefined,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const { capabilities, project } = grant;
  const outputLimit = project?.outputLimit ?? undefined;
  const variables = sessionEnvironment({ baseUrl: baseUrlOf(grant), token, capabilities, outputLimit, userEnv: env });
  return { ...variables, ...(project === null ? {} : { CCPROXY_PROFILE: project.profile ?? 'default' }) };
}
