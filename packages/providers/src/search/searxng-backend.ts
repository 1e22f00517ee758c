import type { ProviderTimeouts, WebSearchConfig } from '@ccproxy/config';
import type { CcproxyError, Clock } from '@ccproxy/kernel';
import { createDispatcher, type Egress } from '../egress.js';
import { endpointOf } from '../endpoint.js';
import type { HeaderFields, ProviderSink } from '../provider.js';
import { BoundedBody } from '../translated/bounded-body.js';
import { UpstreamCall } from '../upstream-call.js';
import { readSearxng } from './read-searxng.js';
import type { SearchBackend, SearchOutcome, SearchQuery } from './search-backend.js';

/** Bytes of one page of results. */
const largest = 2 * 1024 * 1024;
/** Domains that are named in the query; more would only confuse the engines. */
const mostNamed = 5;

/**
 * A SearXNG server (docs.searxng.org/dev/search_api.html): `GET /search?q=…&format=json`. It is called as a provider is: no redirect is
 * followed, names that lead to a metadata service are refused, every limit has its error. Throws TypeError for an address that cannot be called.
 */
export function createSearxngBackend(config: WebSearchConfig, { clock, egress }: { clock: Clock; egress: Egress }): SearchBackend {
  const { origin, prefix } = endpointOf(config.searxng);
  const { timeout } = config;
  const timeouts: ProviderTimeouts = { connect: timeout, firstByte: timeout, idle: timeout, total: timeout };
  const dispatcher = createDispatcher(origin, egress, timeout);
  const headers = ['accept', 'application/json', 'accept-encoding', 'identity', 'user-agent', 'ccproxy'];
  if (config.apiKey !== '') headers.push('authorization', `Bearer ${config.apiKey}`);
  return {
    search(query, done) {
      const path = `${prefix}/search?q=${encodeURIComponent(queryText(query))}&format=json`;
      const collected = new CollectedSearch(done);
      const call = new UpstreamCall(
        { provider: 'webSearch', dispatcher, clock, timeouts },
        { origin, method: 'GET', path, headers },
        collected,
      );
      collected.tooLarge = () => call.abort();
      return call;
    },
    close: () => dispatcher.close(),
  };
}

const queryText = ({ text, domains }: SearchQuery): string =>
  domains.length === 0 || domains.length > mostNamed ? text : `${text} ${domains.map((domain) => `site:${domain}`).join(' OR ')}`;

class CollectedSearch implements ProviderSink {
  tooLarge: () => void = () => undefined;
  readonly #done: (outcome: SearchOutcome) => void;
  readonly #body = new BoundedBody(largest);
  #status = 0;

  constructor(done: (outcome: SearchOutcome) => void) {
    this.#done = done;
  }

  onHead(status: number, _headers: HeaderFields): void {
    this.#status = status;
  }

  onData(chunk: Buffer): void {
    if (this.#body.push(chunk)) return;
    this.tooLarge();
    this.#done({ ok: false, code: 'unavailable', reason: `the search server sent more than ${largest} bytes` });
  }

  onEnd(): void {
    this.#done(readSearxng(this.#status, this.#body.take()));
  }

  onError(error: CcproxyError): void {
    this.#done({ ok: false, code: 'unavailable', reason: error.message });
  }
}
