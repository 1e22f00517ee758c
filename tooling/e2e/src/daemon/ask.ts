import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

export interface Question {
  readonly model?: string;
  readonly stream?: boolean;
  readonly prompt?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Keeps connections alive; a new connection per request when absent. */
  readonly agent?: Agent;
  readonly path?: string;
  /** Told each piece of the answer's body. */
  readonly onData?: (text: string) => void;
  /** The client leaves when it is aborted. */
  readonly signal?: AbortSignal;
}

export interface TokenCounts {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What a client has in its hands when the request is over, however it ended. */
export interface Answer {
  /** 0: no head came. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The message came with its end, over HTTP as in the protocol. */
  readonly completed: boolean;
  /** What the connection died of. */
  readonly failure: string | undefined;
  /** Present when completed. */
  readonly usage: TokenCounts | undefined;
}

/** Sends one Messages request. Never rejects: a failure is part of the answer. */
export function ask(url: string, question: Question = {}): Promise<Answer> {
  const { model = 'claude-sonnet-5-5', stream = false, prompt = 'hello' } = question;
  const body = JSON.stringify({ model, max_tokens: 64, stream, messages: [{ role: 'user', content: prompt }] });
  return new Promise((resolve) => {
    const got = { status: 0, headers: {} as IncomingHttpHeaders, text: '' };
    const end = (whole: boolean, failure?: string): void => {
      const usage = whole ? readUsage(got.text, stream) : undefined;
      resolve({ ...got, completed: got.status === 200 && usage !== undefined, failure, usage });
    };
    const receive = (response: IncomingMessage): void => {
      got.status = response.statusCode ?? 0;
      got.headers = response.headers;
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        got.text += text;
        question.onData?.(text);
      });
      response.on('error', (error) => end(false, error.message));
      response.on('end', () => end(response.complete));
    };
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...question.headers };
    const sent = request(
      new URL(question.path ?? '/v1/messages', url),
      { method: 'POST', agent: question.agent ?? false, headers, ...(question.signal === undefined ? {} : { signal: question.signal }) },
      receive,
    );
    sent.on('error', (error: NodeJS.ErrnoException) => end(false, error.code ?? error.message));
    sent.end(body);
  });
}

/** The token counts of a message that is whole; undefined when its end is missing. */
function readUsage(text: string, stream: boolean): TokenCounts | undefined {
  const json = stream ? /^event: message_delta\ndata: (.+)\n\nevent: message_stop$/m.exec(text)?.[1] : text;
  try {
    const { usage } = JSON.parse(json ?? '') as { usage?: { input_tokens: number; output_tokens: number } };
    return usage === undefined ? undefined : { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens };
  } catch {
    // Cut in the middle, or an error in another form: no whole message.
    return undefined;
  }
}
