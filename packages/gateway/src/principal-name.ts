import type { Principal } from '@ccproxy/http';

/** Name of a caller in rows and lines: the id of its token, never its value. */
export const principalName = (principal: Principal): string => (principal.kind === 'gateway' ? principal.id : principal.kind);
