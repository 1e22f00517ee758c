import { createServer } from 'node:http';

/** The only way off the machine the client knows: a proxy that refuses, and remembers who asked for what. */
export interface OutboundTrap {
  readonly url: string;
  /** `host:port` of every attempt. */
  readonly attempts: string[];
  close(): void;
}

export async function startOutboundTrap(): Promise<OutboundTrap> {
  const attempts: string[] = [];
  const server = createServer((request, response) => {
    attempts.push(request.url ?? '');
    response.writeHead(403, { 'content-length': 0 }).end();
  });
  server.on('connect', (request, socket) => {
    attempts.push(request.url ?? '');
    socket.on('error', () => undefined); // the client may be gone already
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    attempts,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
