import { Agent } from 'node:http';
import type { ScriptStep } from '@ccproxy-internal/test-kit';
import { type Answer, ask } from './ask.ts';

/** Answers of the fake upstream at every pace: at once, late, word by word. `paceOf` asks for them. */
export const paces: readonly ScriptStep[] = [0, 4, 15, 40].map((ms, index) => ({
  text: 'one two three four five six seven eight nine ten '.repeat(3),
  delay_ms: ms,
  chunk_ms: ms / 4,
  when: { contains: `pace-${index}` },
  repeat: 0,
}));

/** Parallel clients, each asking again as soon as it has its answer. */
export interface Load {
  /** Answers so far, by the model's name, which is another for every request. */
  readonly answers: ReadonlyMap<string, Answer>;
  /** Resolves when every client has its last answer. */
  stop(): Promise<void>;
}

/** Starts `lanes` clients: streams and documents in turn by chance, every second client over connections that are kept alive. */
export function startLoad(
  url: string,
  options: { readonly lanes: number; readonly name: string; readonly headers?: Readonly<Record<string, string>> },
): Load {
  const { lanes, name, headers = {} } = options;
  const answers = new Map<string, Answer>();
  const over = new AbortController();
  const run = async (lane: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true });
    for (let n = 0; !over.signal.aborted; n++) {
      const model = `${name}-${lane}-${n}`;
      const prompt = `pace-${Math.floor(Math.random() * paces.length)}`;
      const question = { model, prompt, headers, stream: Math.random() < 0.5 };
      answers.set(model, await ask(url, lane % 2 === 0 ? { ...question, agent } : question));
    }
    agent.destroy();
  };
  const running = Array.from({ length: lanes }, (_, lane) => run(lane));
  return {
    answers,
    async stop() {
      over.abort();
      await Promise.all(running);
    },
  };
}
