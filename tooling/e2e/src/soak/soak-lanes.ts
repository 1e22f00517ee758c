import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { waitFor } from '@ccproxy-internal/test-kit';
import { type Answer, ask } from '../daemon/ask.ts';

/** Clients that ask all the time, each over one connection that stays open. */
export interface SoakLanes {
  /** How requests ended, counted. */
  readonly ended: ReadonlyMap<string, number>;
  /** Resolves when every client has its answer; none asks again before `go`. */
  pause(): Promise<void>;
  go(): void;
  /** One stream of each client at the same time, which the upstream holds half-way. */
  holdStreams(): Promise<readonly Answer[]>;
  close(): Promise<void>;
}

interface Kind {
  readonly prompt: string;
  readonly model: string;
  readonly stream: boolean;
  /** The client leaves in the middle. */
  readonly leaves?: boolean;
}

const plain = { prompt: 'go on', model: 'claude-opus-5-5', stream: true };
/** What one client asks in turn. */
const kinds: readonly Kind[] = [
  plain,
  plain,
  { ...plain, model: 'translated' },
  plain,
  { ...plain, leaves: true },
  plain,
  { ...plain, stream: false },
  { ...plain, model: 'translated', leaves: true },
  { ...plain, prompt: 'break it' },
  { ...plain, prompt: 'refuse it' },
];
/** A client begins another conversation after so many requests. */
const conversation = kinds.length;

/** What came of a request, in a word. */
function outcomeOf({ leaves = false, prompt }: Kind, { status, completed, text }: Answer): string {
  if (completed) return 'whole';
  if (leaves && status === 200) return 'left';
  if (prompt === 'break it' && text.includes('event: error')) return 'broken, and said so';
  return prompt === 'refuse it' && status === 529 ? 'refused' : `odd: ${prompt}, ${status}, ${text.slice(-200)}`;
}

export function startSoakLanes(url: string, lanes: number, token: string): SoakLanes {
  const ended = new Map<string, number>();
  const over = new AbortController();
  const agents = Array.from({ length: lanes }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  let paused = false;
  let asking = 0;

  const request = (agent: Agent, kind: Kind, session: string): Promise<Answer> => {
    const leave = new AbortController();
    const headers = { 'x-claude-code-session-id': session, 'x-ccproxy-token': token };
    const onData = kind.leaves === true ? (): void => leave.abort() : undefined;
    return ask(url, { ...kind, agent, headers, signal: leave.signal, ...(onData === undefined ? {} : { onData }) });
  };
  const run = async (agent: Agent, lane: number): Promise<void> => {
    let session = '';
    for (let n = lane; !over.signal.aborted; n++) {
      await gate.promise;
      if (over.signal.aborted) return;
      if (session === '' || n % conversation === 0) session = randomUUID();
      const kind = kinds[n % kinds.length] ?? plain;
      asking++;
      const outcome = outcomeOf(kind, await request(agent, kind, session));
      asking--;
      ended.set(outcome, (ended.get(outcome) ?? 0) + 1);
    }
  };
  const running = agents.map(run);
  return {
    ended,
    async pause() {
      if (!paused) gate = Promise.withResolvers();
      paused = true;
      await waitFor(() => asking === 0, { what: 'the answers of all clients', timeoutMs: 120_000 });
    },
    go() {
      paused = false;
      gate.resolve();
    },
    holdStreams: () => Promise.all(agents.map((agent, lane) => request(agent, { ...plain, prompt: 'hold it' }, `held-${lane}`))),
    async close() {
      over.abort();
      gate.resolve();
      await Promise.all(running);
      for (const agent of agents) agent.destroy();
    },
  };
}
