import type { HeaderFields } from '@ccproxy/providers';
import { headerNames } from '@ccproxy/wire';

const VISIBLE = /^[\x20-\x7e]*$/;

/** Names of targets and rules may be any text; header values may not. */
const headerSafe = (value: string): string => (VISIBLE.test(value) ? value : encodeURIComponent(value));

/** What an answer tells of the decision behind it. */
export interface Provenance {
  readonly requestId: string;
  readonly route: string;
  readonly target: string;
  /** Attempts made so far. */
  readonly attempts: number;
  /** Features and targets that were left out. */
  readonly dropped: readonly string[];
}

/** The headers of an answer: the provider's, and ours beside them. */
export function responseHead(upstream: HeaderFields, provenance: Provenance): Record<string, string | readonly string[] | undefined> {
  const head: Record<string, string | readonly string[] | undefined> = {
    ...upstream,
    [headerNames.ccproxyRequestId]: provenance.requestId,
    [headerNames.ccproxyRoute]: headerSafe(provenance.route),
    [headerNames.ccproxyTarget]: headerSafe(provenance.target),
    [headerNames.ccproxyAttempts]: String(provenance.attempts),
  };
  if (provenance.dropped.length > 0) head[headerNames.ccproxyDropped] = headerSafe(provenance.dropped.join(', '));
  return head;
}

/** The head of a stream whose provider has not answered yet. */
export const heldStreamHead: HeaderFields = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
