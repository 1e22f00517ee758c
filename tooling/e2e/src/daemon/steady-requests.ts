import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, ask } from './ask.ts';

/** Sends a request every `ms`, streams and documents in turn, every tenth of them a long one, until told to stop; gives all answers. */
export function everyFew(ms: number, url: string): { stop: () => Promise<readonly Answer[]> } {
  const over = new AbortController();
  const answers: Promise<Answer>[] = [];
  const running = (async () => {
    for (let n = 0; !over.signal.aborted; n += 1) {
      answers.push(ask(url, { model: `request-${n}`, stream: n % 2 === 0, prompt: n % 10 === 0 ? 'a while' : 'hello' }));
      await sleep(ms);
    }
  })();
  return {
    async stop() {
      over.abort();
      await running;
      return Promise.all(answers);
    },
  };
}
