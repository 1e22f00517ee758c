/**
 * Makes a Node process that runs with `--inspect` collect its garbage, over the protocol of its debugger: afterwards its memory shows what it keeps.
 * @param said what the process wrote to stderr; the address of the debugger is in it
 * @returns bytes of JavaScript objects that are left
 */
export async function collectGarbage(said: string): Promise<number> {
  const address = /ws:\/\/\S+/.exec(said)?.[0];
  if (address === undefined) throw new Error(`no debugger listens:\n${said}`);
  const debug = new WebSocket(address);
  await new Promise<void>((resolve, reject) => {
    debug.addEventListener('open', () => resolve(), { once: true });
    debug.addEventListener('error', () => reject(new Error('the debugger does not answer')), { once: true });
  });
  // Twice: what the first collection sets free may have held more.
  await ask(debug, 1, 'HeapProfiler.collectGarbage');
  await ask(debug, 2, 'HeapProfiler.collectGarbage');
  const { usedSize } = (await ask(debug, 3, 'Runtime.getHeapUsage')) as { usedSize: number };
  debug.close();
  return usedSize;
}

const ask = (debug: WebSocket, id: number, method: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    debug.addEventListener('message', ({ data }) => resolve((JSON.parse(String(data)) as { result: unknown }).result), { once: true });
    debug.addEventListener('close', () => reject(new Error('the debugger has gone')), { once: true });
    debug.send(JSON.stringify({ id, method }));
  });
