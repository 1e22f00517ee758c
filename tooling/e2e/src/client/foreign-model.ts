import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the model of another provider saw it. */
export interface AskedModel {
  readonly path: string;
  readonly headers: string;
  readonly body: string;
}

/** A model of another provider on a loopback port. */
export interface ForeignModel {
  readonly url: string;
  readonly asked: AskedModel[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** What it says: thinking and a call of Bash, or a text. */
interface Said {
  readonly command?: string;
  readonly text?: string;
}

/** Opaque text that goes with the thinking and has to come back with the next turn. */
export const opaque = 'b3BhcXVlLXRob3VnaHQ=';
/** What the command prints; the model repeats it. */
export const toolOutput = 'printed-by-the-tool';

const sse = (value: unknown, event?: string): string =>
  `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(value)}\n\n`;
const input = (command: string): object => ({ command, description: 'Prints a word' });

const chat = ({ command, text }: Said): string => {
  const chunk = (delta: object, finish: string | null = null): string => sse({ choices: [{ index: 0, delta, finish_reason: finish }] });
  const called = { index: 0, id: 'call_1', type: 'function', function: { name: 'Bash', arguments: JSON.stringify(input(command ?? '')) } };
  const said =
    command === undefined
      ? chunk({ content: text }) + chunk({}, 'stop')
      : chunk({ reasoning_content: 'I will print it.' }) + chunk({ tool_calls: [called] }) + chunk({}, 'tool_calls');
  return `${said}${sse({ choices: [], usage: { prompt_tokens: 1000, completion_tokens: 20 } })}data: [DONE]\n\n`;
};

const responses = ({ command, text }: Said): string => {
  const reasoning = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: 'I will print it.' }],
    encrypted_content: opaque,
  };
  const called = {
    type: 'function_call',
    id: 'fc_1',
    call_id: 'call_1',
    name: 'Bash',
    arguments: JSON.stringify(input(command ?? '')),
    status: 'completed',
  };
  const message = {
    type: 'message',
    id: 'm_1',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  };
  const items = command === undefined ? [message] : [reasoning, called];
  const usage = { input_tokens: 1000, output_tokens: 20 };
  return [
    sse({ type: 'response.created', response: { id: 'r', status: 'in_progress', output: [] } }, 'response.created'),
    ...items.flatMap((item, index) => [
      sse({ type: 'response.output_item.added', output_index: index, item }, 'response.output_item.added'),
      sse({ type: 'response.output_item.done', output_index: index, item }, 'response.output_item.done'),
    ]),
    sse({ type: 'response.completed', response: { id: 'r', status: 'completed', output: items, usage } }, 'response.completed'),
  ].join('');
};

const gemini = ({ command, text }: Said): string => {
  const called = { functionCall: { name: 'Bash', args: input(command ?? '') }, thoughtSignature: opaque };
  const parts = command === undefined ? [{ text }] : [{ text: 'I will print it.', thought: true }, called];
  const usageMetadata = { promptTokenCount: 1000, candidatesTokenCount: 20 };
  return sse({ candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: 'STOP' }], usageMetadata });
};

const ollama = ({ command, text = '' }: Said): string => {
  const message =
    command === undefined
      ? { content: text }
      : { content: '', thinking: 'I will print it.', tool_calls: [{ function: { name: 'Bash', arguments: input(command) } }] };
  const done = { done: true, done_reason: 'stop', prompt_eval_count: 1000, eval_count: 20 };
  return [
    { message: { role: 'assistant', ...message }, done: false },
    { message: { role: 'assistant', content: '' }, ...done },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
};

const dialects: readonly (readonly [path: RegExp, type: string, speak: (said: Said) => string])[] = [
  [/\/chat\/completions$/, 'text/event-stream', chat],
  [/\/responses$/, 'text/event-stream', responses],
  [/:streamGenerateContent\?alt=sse$/, 'text/event-stream', gemini],
  [/\/api\/chat$/, 'application/x-ndjson', ollama],
];

/** What the model says to a request: first it calls Bash, then it repeats what the command printed. */
function sayTo(body: string): Said {
  if (body.includes(toolOutput)) return { text: `The tool said: ${toolOutput}` };
  // In two words, so that only the output of the command has them as one.
  return body.includes('"Bash"') ? { command: `echo ${toolOutput.replaceAll('-', '"-"')}` } : { text: 'ok' };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

/** Speaks the wire API of the path it is asked at. */
export async function startForeignModel(): Promise<ForeignModel> {
  const asked: AskedModel[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const path = request.url ?? '';
    asked.push({ path, headers: JSON.stringify(request.headers), body });
    const [, type, speak] = dialects.find(([form]) => form.test(path)) ?? [];
    if (type === undefined || speak === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': type }).end(speak(sayTo(body)));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
