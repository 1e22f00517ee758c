/**
 * Makes a Node process that runs with `--inspect` collect its garbage, over the protocol of its debugger: afterwards its memory shows what it keeps.
 * @param said what the process wrote to stderr; the address of the debugger is in it
 */
export async function collectGarbage(said: string): Promise<void> {
  const address = /ws:\/\/\S+/.exec(said)?.[0];
  if (address === undefined) throw new Error(`no debugger listens:\n${said}`);
  const debug = new WebSocket(address);
  await once(debug, 'open');
  // Twice: what the first collection sets free may have held more.
  for (const id of [1, 2]) {
    debug.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }));
    await once(debug, 'message');
  }
  debug.close();
}

const once = (socket: WebSocket, event: 'open' | 'message'): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.addEventListener(event, () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error('the debugger does not answer')), { once: true });
  });
