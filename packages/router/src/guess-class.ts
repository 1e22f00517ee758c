import type { RequestClass } from '@ccproxy/config';
import { type HeaderFields, headerNames, headerValue, type LastMessage, type MessagesView, type RequestDetails } from '@ccproxy/wire';

const classes: ReadonlySet<string> = new Set<RequestClass>(['main', 'subagent', 'workflow', 'compaction', 'auxiliary', 'side_reply']);

/** The class the client names in its hint header (facts page claude-code-client §2.2), if it is one of the known ones. */
export function namedClass(headers: HeaderFields): RequestClass | undefined {
  const value = headerValue(headers, headerNames.requestClass);
  return value !== undefined && classes.has(value) ? (value as RequestClass) : undefined;
}

/** What the guess looks at. */
export interface ClassSigns {
  readonly body: Buffer;
  readonly view: MessagesView;
  readonly headers: HeaderFields;
  readonly last: LastMessage;
  readonly details: () => RequestDetails;
}

/** In the attribution line, the first block of a subagent's system prompt (facts page claude-code-client §2.3). */
const subagentSign = Buffer.from('cc_is_subagent=true');
const attributionBytes = 512;
/** How the last message of a compaction begins (facts page claude-code-client §2.3). */
const compactionSign = Buffer.from('"CRITICAL: Respond with TEXT ONLY');

/**
 * The class of a request whose client does not name it, from what Claude Code 2.1.328 was seen to send: a subagent has an agent id or says so
 * in its attribution line; a compaction ends with a fixed sentence; titles and the like declare no tools and want JSON. Everything else is
 * taken for `main`; `workflow` and `side_reply` cannot be told.
 */
export function guessClass({ body, view, headers, last, details }: ClassSigns): RequestClass {
  if (headerValue(headers, headerNames.agentId) !== undefined) return 'subagent';
  const { system } = view;
  const attribution = system === undefined ? undefined : body.subarray(system.start, Math.min(system.end, system.start + attributionBytes));
  if (attribution?.includes(subagentSign) === true) return 'subagent';
  if (last.text !== undefined && compactionSign.equals(body.subarray(last.text.start, last.text.start + compactionSign.length)))
    return 'compaction';
  // Only small requests declare no tools, so that the further walk over the body costs nothing.
  if (view.tools.length === 0 && (view.maxTokens === 1 || details().jsonOutput)) return 'auxiliary';
  return 'main';
}
