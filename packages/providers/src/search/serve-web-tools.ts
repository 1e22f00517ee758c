import type { WebSearchConfig } from '@ccproxy/config';
import { foreignSearchId } from '@ccproxy/translate';
import { type JsonObject, parseJsonObject } from '@ccproxy/wire';
import { errors } from '../errors.js';
import type { ProviderCall, ProviderRequest, ProviderSink } from '../provider.js';
import { createDomainFilter } from './domain-filter.js';
import type { SearchBackend } from './search-backend.js';
import { readSearchWish, wantsNothingElse } from './search-wish.js';
import { SearchingCall } from './searching-call.js';

/** The search engine of the configuration, shared by all providers. */
export interface WebSearch {
  readonly backend: SearchBackend;
  readonly limits: Pick<WebSearchConfig, 'results' | 'searches'>;
}

export interface ServingWebTools {
  readonly provider: string;
  /** Types of the tools the provider does not run itself. */
  readonly unserved: readonly string[];
  readonly messageId: string;
  readonly webSearch: WebSearch | undefined;
  /** Asks the provider; with `leaveOut` without those tools. */
  readonly ask: (request: ProviderRequest, leaveOut: boolean, sink: ProviderSink) => ProviderCall;
}

/** Characters of a token, about. */
const charactersPerToken = 4;

/**
 * Serves a request with tools that Anthropic's servers run and this provider does not: the web is searched here. Without a search engine the
 * tool is left out when the request has others, and named; a request that is there for the search is refused. Nobody fetches pages.
 * Throws CCP_PROVIDER_SERVER_TOOL.
 */
export function serveWebTools(request: ProviderRequest, how: ServingWebTools, sink: ProviderSink): ProviderCall {
  const { provider, unserved, webSearch } = how;
  const body = parseJsonObject(request.body?.toString('utf8') ?? '') ?? {};
  const fetch = unserved.find((type) => type.startsWith('web_fetch'));
  if (fetch !== undefined)
    throw errors.CCP_PROVIDER_SERVER_TOOL({ message: `provider "${provider}" cannot run ${fetch.slice(0, 40)}`, details: { provider } });
  if (webSearch !== undefined) return searching(request, body, { ...how, webSearch }, sink);
  if (wantsNothingElse(body))
    throw errors.CCP_PROVIDER_SERVER_TOOL({
      message: `provider "${provider}" has no web search, and \`webSearch\` names none`,
      details: { provider },
    });
  return how.ask(request, true, sink);
}

function searching(
  request: ProviderRequest,
  body: JsonObject,
  { webSearch, messageId, ask }: ServingWebTools & { readonly webSearch: WebSearch },
  sink: ProviderSink,
): ProviderCall {
  const { backend, limits } = webSearch;
  const wish = readSearchWish(body);
  const shown = createDomainFilter(wish.allowedDomains, wish.blockedDomains);
  const before = JSON.stringify(wish.body).length;
  return new SearchingCall(
    {
      body: wish.body,
      stream: request.stream,
      limit: Math.min(limits.searches, wish.maxUses ?? limits.searches),
      searchId: (number) => foreignSearchId(messageId, String(number)),
      ask(next, own) {
        const text = JSON.stringify(next);
        const added = Math.ceil((text.length - before) / charactersPerToken);
        const { notes } = request;
        const asked = { ...request, body: Buffer.from(text), stream: true };
        return ask(notes === undefined ? asked : { ...asked, notes: { ...notes, inputTokens: notes.inputTokens + added } }, false, own);
      },
      search: (query, done) =>
        backend.search({ text: query, domains: wish.allowedDomains }, (outcome) =>
          done(outcome.ok ? { ok: true, hits: outcome.hits.filter(({ url }) => shown(url)).slice(0, limits.results) } : outcome),
        ),
    },
    sink,
  );
}
