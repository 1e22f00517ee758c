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
/** How the last text of a compaction begins; a result of a tool may stand before it (Claude Code 2.1.328, after an interrupted turn). */
const compactionSign = Buffer.from('"CRITICAL: Respond with TEXT ONLY');
/** How the only prompt of the client's WebSearch begins; its only tool is the provider's search (Claude Code 2.1.328). */
const searchSign = Buffer.from('"Perform a web search for the query: ');

/**
 * The class of a request whose client does not name it, from what Claude Code 2.1.328 was seen to send: a subagent has an agent id or says so
 * in its attribution line; a compaction ends with a fixed text; titles and the like declare no tools and want JSON; a search has a prompt of
 * its own and no tool but the provider's search. Everything else is taken for `main`; `workflow` and `side_reply` cannot be told.
 */
export function guessClass({ body, view, headers, last, details }: ClassSigns): RequestClass {
  if (headerValue(headers, headerNames.agentId) !== undefined) return 'subagent';
  const { system } = view;
  const attribution = system === undefined ? undefined : body.subarray(system.start, Math.min(system.end, system.start + attributionBytes));
  if (attribution?.includes(subagentSign) === true) return 'subagent';
  const begins = (sign: Buffer): boolean =>
    last.text !== undefined && sign.equals(body.subarray(last.text.start, last.text.start + sign.length));
  if (begins(compactionSign)) return 'compaction';
  const [tool, ...others] = view.tools;
  if (others.length === 0 && tool?.type?.startsWith('web_search') === true && begins(searchSign)) return 'auxiliary';
  // Only small requests declare no tools, so that the further walk over the body costs nothing.
  if (view.tools.length === 0 && (view.maxTokens === 1 || details().jsonOutput)) return 'auxiliary';
  return 'main';
}
