import type { ListenOptions, Server } from 'node:net';

/** `server.listen` as a promise; rejects with the system's error, after which the server may try again. */
export const listenOn = (server: Server, where: ListenOptions | Server | { fd: number }): Promise<void> =>
  new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      server.off('listening', onListening);
      reject(error);
    };
    const onListening = (): void => {
      server.off('error', onError);
      resolve();
    };
    server.once('error', onError).once('listening', onListening);
    server.listen(where);
  });
