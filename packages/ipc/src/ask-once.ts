import { createConnection } from 'node:net';
import { type Frame, IPC_PROTOCOL } from './envelope.js';

export interface Question {
  /** Socket file or Windows pipe name. */
  readonly path: string;
  /** The content of `run/token`. */
  readonly token: string;
  /** Name and version of this program, for the daemon's `status` and log. */
  readonly client: string;
  readonly version: string;
  readonly pid: number;
  /** A method without input that changes nothing: it may be asked again. */
  readonly method: string;
}

const frameEnd = '\f';
const longestAnswer = 1024 * 1024;
const callId = 1;

/**
 * Asks a daemon one question and hangs up: hello and call in one write. Resolves with the answer, or with undefined when anything at all is
 * unusual (nobody answers within `timeoutMs`, another protocol, a refusal, a failure): `connectIpc` then finds out what it is. It exists
 * because a command that only asks spends more time on loading the client than on the answer.
 */
export function askOnce(question: Question, timeoutMs = 1000): Promise<unknown> {
  const { path, token, client, version, pid, method } = question;
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const finish = (answer?: unknown): void => {
      socket.destroy();
      resolve(answer);
    };
    let text = '';
    socket.setEncoding('utf8').setTimeout(timeoutMs, finish);
    socket.on('error', () => finish()).on('close', () => finish());
    socket.on('data', (piece: string) => {
      text += piece;
      const frames = text.split(frameEnd);
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const read = readFrame(frame);
        if (read !== 'more') return finish(read?.answer);
      }
      if (text.length > longestAnswer) finish();
    });
    socket.write(
      frameText('hello', { protocol: IPC_PROTOCOL, token, client, pid, version }) + frameText('call', { id: callId, method, params: {} }),
    );
  });
}

const frameText = (type: string, data: object): string => `${JSON.stringify({ type, data })}${frameEnd}`;

/** The answer; `more` when it is still to come; undefined for everything else. */
function readFrame(text: string): { readonly answer: unknown } | 'more' | undefined {
  const frame = parse(text);
  if (frame?.type === 'beat') return 'more';
  const data = (frame?.data ?? {}) as {
    readonly protocol?: unknown;
    readonly id?: unknown;
    readonly ok?: unknown;
    readonly value?: unknown;
  };
  if (frame?.type === 'welcome') return data.protocol === IPC_PROTOCOL ? 'more' : undefined;
  return frame?.type === 'result' && data.id === callId && data.ok === true ? { answer: data.value } : undefined;
}

function parse(text: string): Partial<Frame> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // The only thing JSON.parse throws for is text that is no JSON: that is unusual too.
    return undefined;
  }
}
