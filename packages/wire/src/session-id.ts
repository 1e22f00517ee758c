import { type HeaderFields, headerNames, headerValue } from './header-fields.js';
import { parseJsonObject, stringMember } from './json-object.js';

const plausible = /^[A-Za-z0-9_.-]{1,128}$/;
const suffix = /_session_([A-Za-z0-9-]{1,128})$/;
const maxUserIdLength = 4096;

/**
 * The Claude session a request belongs to: its header, else `metadata.user_id`, which is a JSON string with
 * `session_id` (current clients, measured) or `user_<hash>_account_<uuid>_session_<uuid>` (older ones).
 * Information, never authority: any client can send any id. Undefined when there is none or it looks odd.
 */
export function sessionIdOf(headers: HeaderFields, metadataUserId?: string): string | undefined {
  const candidate = headerValue(headers, headerNames.sessionId) ?? fromUserId(metadataUserId ?? '');
  return candidate !== undefined && plausible.test(candidate) ? candidate : undefined;
}

function fromUserId(userId: string): string | undefined {
  if (userId.length > maxUserIdLength) return undefined;
  if (!userId.startsWith('{')) return suffix.exec(userId)?.[1];
  const fields = parseJsonObject(userId);
  return fields === undefined ? undefined : stringMember(fields, 'session_id');
}
