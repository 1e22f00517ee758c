import { headerValue } from '@ccproxy/wire';
import type { MessagesRequest } from './messages-request.js';

/** Headers that make another request of the same body: whose it is, what is asked of the API, and in whose name. */
const telling = [
  'authorization',
  'x-api-key',
  'anthropic-version',
  'anthropic-beta',
  'x-claude-code-session-id',
  'x-claude-code-agent-id',
] as const;

/**
 * Whether a request can be told to be a repetition. Claude Code names the session, and asks one thing of a session at a time; an SDK counts
 * its repetitions. Without either, two equal requests may be meant as two, as when somebody samples several answers.
 */
export const maybeRepeated = ({ facts, headers }: Pick<MessagesRequest, 'facts' | 'headers'>): boolean =>
  facts.sessionId !== undefined || Number(headerValue(headers, 'x-stainless-retry-count') ?? 0) > 0;

const samePrincipal = (one: MessagesRequest['principal'], other: MessagesRequest['principal']): boolean =>
  one.kind === other.kind && (one.kind !== 'gateway' || other.kind !== 'gateway' || one.id === other.id);

/** The bytes, but for the model: that of the first was perhaps replaced in place when it was sent on. */
function sameBody(one: Pick<MessagesRequest, 'body' | 'view'>, other: Pick<MessagesRequest, 'body' | 'view'>): boolean {
  const { start, end } = one.view.modelSpan;
  return (
    one.body.length === other.body.length &&
    one.view.model === other.view.model &&
    start === other.view.modelSpan.start &&
    end === other.view.modelSpan.end &&
    one.body.compare(other.body, 0, start, 0, start) === 0 &&
    one.body.compare(other.body, end, undefined, end) === 0
  );
}

/** Whether a second request asks the same thing, of the same, in the same name: then one answer does for both. */
export const isSameRequest = (one: MessagesRequest, other: MessagesRequest): boolean =>
  one.path === other.path &&
  one.project === other.project &&
  samePrincipal(one.principal, other.principal) &&
  telling.every((name) => headerValue(one.headers, name) === headerValue(other.headers, name)) &&
  sameBody(one, other);
