import { fileURLToPath } from 'node:url';
import { freePort, type Processes, waitFor } from '@ccproxy-internal/test-kit';

/** How the fake provider answers. */
export interface UpstreamMode {
  readonly stream: boolean;
  readonly events?: number;
  readonly gapMs?: number;
  /** Events the provider sends at once; 1 when absent. */
  readonly perWrite?: number;
}

export interface Upstream {
  readonly url: string;
  setMode(mode: UpstreamMode): Promise<void>;
}

export async function startUpstream(processes: Processes): Promise<Upstream> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  processes.spawn(process.execPath, [fileURLToPath(new URL('../upstream.ts', import.meta.url)), String(port)]);
  const setMode = async ({ stream, events = 200, gapMs = 1, perWrite = 1 }: UpstreamMode): Promise<void> => {
    const answer = await fetch(`${url}/_mode`, { method: 'POST', body: JSON.stringify({ stream, events, gapMs, perWrite }) });
    await answer.arrayBuffer();
  };
  await waitFor(async () => {
    await setMode({ stream: false });
    return true;
  });
  return { url, setMode };
}
