import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dialects, type ForeignDialect } from './dialects.ts';
import type { Said } from './said.ts';

/** A request as the model of another provider saw it. */
export interface AskedModel {
  readonly path: string;
  readonly headers: string;
  readonly body: string;
}

/** A model of another provider on a loopback port. */
export interface ForeignModel {
  readonly url: string;
  readonly asked: AskedModel[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** How a stream is delivered; its events come with their ends. */
export type Delivery = (response: ServerResponse, events: readonly string[]) => Promise<void>;

/**
 * Byte by byte, with CR LF for line ends: every character, line end and event is cut wherever it can be. Lines of JSON stay as they are.
 */
export const byteByByte: Delivery = async (response, events) => {
  const bytes = Buffer.from(events.map((event) => (event.startsWith('{') ? event : event.replaceAll('\n', '\r\n'))).join(''));
  for (let at = 0; at < bytes.length && !response.destroyed; at++) {
    response.write(bytes.subarray(at, at + 1));
    // One write, one piece: the socket must not gather them.
    if (at % 16 === 0) await new Promise(setImmediate);
  }
  response.end();
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const wantsStream = (path: string, body: string): boolean => path.includes(':streamGenerateContent') || /"stream":true/.test(body);

/** Speaks the wire API of the path it is asked at, and says what `sayTo` makes of the body of the request. */
export async function startForeignModel(sayTo: (body: string) => Said, deliver: Delivery = byteByByte): Promise<ForeignModel> {
  const asked: AskedModel[] = [];
  const all: readonly ForeignDialect[] = Object.values(dialects);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const path = request.url ?? '';
    asked.push({ path, headers: JSON.stringify(request.headers), body });
    const dialect = all.find((each) => each.path.test(path));
    if (dialect === undefined) {
      response.writeHead(404).end();
      return;
    }
    const said = sayTo(body);
    if (!wantsStream(path, body)) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(dialect.document(said)));
      return;
    }
    response.writeHead(200, { 'content-type': dialect.type });
    response.socket?.setNoDelay(true);
    await deliver(response, dialect.events(said));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
