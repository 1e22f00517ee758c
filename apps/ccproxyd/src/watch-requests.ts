import type { DaemonModule, Principal } from '@ccproxy/http';

/** Prefix of the ids of session tokens. */
export const sessionIdPrefix = 'ses';

/** Routes that look at the daemon and want nothing of it: a monitor must not keep it. */
const looking: ReadonlySet<string> = new Set(['/livez', '/readyz', '/health', '/metrics']);

const isSession = (principal: Principal): boolean => principal.kind === 'gateway' && principal.id.startsWith(`${sessionIdPrefix}_`);

/** Who is told of requests. */
export interface RequestWatch {
  /** Any request. */
  readonly onRequest: () => void;
  /** One that no session made and that wants something. */
  readonly onOutside: () => void;
}

/** A module that tells of every request. */
export function watchRequests({ onRequest, onOutside }: RequestWatch): DaemonModule {
  const watch: NonNullable<DaemonModule['routes']> = async (app) => {
    app.addHook('onRequest', (request, _reply, done) => {
      onRequest();
      if (!isSession(request.principal) && !looking.has(request.routeOptions.url ?? '')) onOutside();
      done();
    });
  };
  // Without this mark of Fastify the hook would see the routes of this module only, which has none.
  return { name: 'requests', routes: Object.assign(watch, { [Symbol.for('skip-override')]: true }) };
}
