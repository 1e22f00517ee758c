import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The one page there is. */
export const foundPage = { url: 'https://found.example/page', title: 'The page', content: 'TEXT-OF-THE-PAGE' };

/** A SearXNG server that knows one page. */
export interface SearchEngine {
  readonly url: string;
  /** Queries, as they came. */
  readonly queries: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startSearchEngine(): Promise<SearchEngine> {
  const queries: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://engine');
    if (url.pathname !== '/search' || url.searchParams.get('format') !== 'json') {
      response.writeHead(403).end();
      return;
    }
    queries.push(url.searchParams.get('q') ?? '');
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ results: [foundPage] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    queries,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
