import { describe, expect, it } from 'vitest';
import { createAnswerStream } from '../create-answer-stream.js';
import { contextFor, seen, streamed, whole } from '../testing/answer-bed.js';
import { readStream } from '../testing/read-stream.js';
import { translateError } from '../translate-error.js';

const line = (message: object, more: object = {}): Buffer =>
  Buffer.from(
    `${JSON.stringify({ model: 'qwen3:8b', created_at: '2026-01-01T00:00:00Z', message: { role: 'assistant', content: '', ...message }, done: false, ...more })}\n`,
  );
const done = (more: object = {}): Buffer => line({}, { done: true, done_reason: 'stop', prompt_eval_count: 12, eval_count: 5, ...more });
const call = (name: string, args: unknown, id?: string) => ({ ...(id === undefined ? {} : { id }), function: { name, arguments: args } });

describe('a stream', () => {
  it('[C13] TR-66 TR-78 TR-84 TR-110 is thinking, text and calls in that order, with exact counts at its end', () => {
    const result = streamed('ollama', [
      line({ thinking: 'hm', content: 'Hello', tool_calls: [call('Bash', { command: 'ls' }, 'call_1'), call('Bash', {})] }),
      done(),
    ]);
    expect(result.content).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 'ccp1.ollama.' },
      { type: 'text', text: 'Hello' },
      { type: 'tool_use', id: 'call_1', name: 'Bash', input: { command: 'ls' } },
      { type: 'tool_use', id: expect.stringMatching(/^toolu_\w+$/) as unknown, name: 'Bash', input: {} },
    ]);
    expect(seen(result)).toMatchObject({
      violations: [],
      stopReason: 'tool_use',
      model: 'claude-asked',
      usage: { input_tokens: 12, output_tokens: 5 },
    });
  });

  it('[C13] TR-98 passes each piece on before the next one comes, and begins with the estimate', () => {
    const stream = createAnswerStream('ollama', contextFor('ollama', { inputEstimate: 321 }));
    const first = stream.push(line({ content: 'One' }));
    expect(first).toContain('"input_tokens":321');
    expect(first).toContain('"text":"One"');
    expect(stream.push(line({ content: 'Two' }))).toContain('"text":"Two"');
    expect(stream.push(line({ tool_calls: [call('Read', { path: 'x' })] }))).toContain('content_block_stop');
    expect(stream.ended).toBe(false);
  });

  it.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['load', 'end_turn'],
    ['unload', 'end_turn'],
    ['something_new', 'end_turn'],
  ])('[C13] TR-86 TR-110 ends for %s with %s', (done_reason, stopReason) => {
    expect(streamed('ollama', [line({ content: 'x' }), done({ done_reason })])).toMatchObject({ violations: [], stopReason });
  });

  it('[C13] TR-88 is max_tokens when the model was cut off at a call', () => {
    const result = streamed('ollama', [line({ tool_calls: [call('Bash', {})] }), done({ done_reason: 'length' })]);
    expect(result.stopReason).toBe('max_tokens');
  });

  it('[C13] TR-96 TR-100 without content and counts is still whole, and says that it estimated', () => {
    const stream = createAnswerStream('ollama', contextFor('ollama'));
    const text = stream.push(Buffer.from('{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}'));
    const result = readStream(text + stream.end());
    expect(result).toMatchObject({ violations: [], content: [], stopReason: 'end_turn', usage: { input_tokens: 7, output_tokens: 0 } });
    expect(stream.report()).toMatchObject({ estimated: true, incomplete: true });
  });

  it('[C13] TR-80 reads think tags of older models as thinking, wherever they are cut', () => {
    const pieces = ['<thi', 'nk>hm', 'm</th', 'ink>\n\nHe', 'llo <think>'];
    const result = streamed('ollama', [...pieces.map((content) => line({ content })), done()]);
    expect(seen(result)).toMatchObject({ violations: [], thinking: 'hmm', text: 'Hello <think>' });
    expect(streamed('ollama', [line({ content: '<thi' }), line({ tool_calls: [call('f', {})] }), done()]).content).toMatchObject([
      { type: 'text', text: '<thi' },
      { type: 'tool_use' },
    ]);
  });

  it('[C13] TR-75 takes arguments that are text, also broken ones that can only mean one thing', () => {
    const result = streamed('ollama', [line({ tool_calls: [call('f', '{"a":1}'), call('g', "{'b': True,}")] }), done()]);
    expect(seen(result).calls).toEqual([
      { name: 'f', input: { a: 1 } },
      { name: 'g', input: { b: true } },
    ]);
    expect(streamed('ollama', [line({ tool_calls: [call('f', '{"a": "cut')] }), done()])).toMatchObject({
      violations: [],
      error: { type: 'api_error' },
    });
  });
});

describe('what goes wrong', () => {
  it('[C13] TR-116 is an error when the connection breaks before the last line, and whole when it breaks behind it', () => {
    const broken = (...lines: readonly Buffer[]) => {
      const stream = createAnswerStream('ollama', contextFor('ollama'));
      return readStream(stream.push(Buffer.concat(lines)) + stream.fail('api_error', 'the connection broke'));
    };
    expect(broken(line({ content: 'half' }))).toMatchObject({
      violations: [],
      error: { message: 'the connection broke' },
      stopReason: undefined,
    });
    expect(broken(line({ content: 'whole' }), done())).toMatchObject({ violations: [], error: undefined, stopReason: 'end_turn' });
  });

  it('[C13] TR-111 TR-115 ends with the error Ollama wrote into the stream', () => {
    const result = streamed('ollama', [
      line({ content: 'Yes' }),
      Buffer.from('{"error":"an error was encountered while running the model"}\n'),
      done(),
    ]);
    expect(result).toMatchObject({
      violations: [],
      error: { type: 'api_error', message: 'an error was encountered while running the model' },
      stopReason: undefined,
    });
  });

  it('[C13] TR-116 TR-117 is never a good end: cut off, empty, HTML, not JSON, a struct of zeros, a bomb', () => {
    const zeros = '{"model":"","created_at":"0001-01-01T00:00:00Z","message":{"role":"","content":""},"done":false}';
    const bomb = Buffer.from(`{"message":{"content":"${'x'.repeat(17 * 1024 * 1024)}`);
    for (const chunks of [
      [line({ content: 'half' })],
      [],
      [Buffer.from('<html>502</html>')],
      [Buffer.from('not json\n')],
      [Buffer.from(zeros)],
      [bomb, bomb],
    ])
      expect(streamed('ollama', chunks)).toMatchObject({ violations: [], error: { type: 'api_error' }, stopReason: undefined });
    expect(whole('ollama', zeros)).toMatch(/^api_error: /);
    expect(whole('ollama', '[]')).toMatch(/^api_error: /);
    expect(whole('ollama', { error: 'boom' })).toBe('api_error: boom');
  });

  it('[C13] TR-112 names what gets a missing model, and what helps with one that can do less', () => {
    const failure = (error: string) => ({ status: 404, headers: {}, body: Buffer.from(JSON.stringify({ error })) });
    const options = { api: 'ollama', now: 0 } as const;
    expect(translateError(failure('model "qwen3:8b" not found, try pulling it first'), options)).toMatchObject({
      status: 404,
      type: 'not_found_error',
      message: 'model "qwen3:8b" not found; get it with: ollama pull qwen3:8b',
    });
    expect(translateError(failure("model 'a/b' not found"), options).message).toContain('ollama pull a/b');
    expect(translateError(failure('something else'), options).message).toBe('something else');
    expect(translateError(failure('"llama3.1:8b" does not support thinking'), options).message).toContain('reasoning: none');
    expect(translateError(failure('x/gemma3:4b does not support tools'), options).message).toContain('route it to another model');
    expect(streamed('ollama', [Buffer.from('{"error":"model \'x\' not found"}\n')]).error?.message).toContain('ollama pull x');
  });

  it.each([
    'request (42947 tokens) exceeds the available context size (8192 tokens), try increasing it',
    '{"error":{"code":400,"message":"request (42947 tokens) exceeds the available context size (8192 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":42947,"n_ctx":8192}}',
  ])('[C13] TR-114 says that a prompt is too long as the client knows it: %s', (error) => {
    const failure = { status: 400, headers: {}, body: Buffer.from(JSON.stringify({ error })) };
    expect(translateError(failure, { api: 'ollama', now: 0 })).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: 'prompt is too long: 42947 tokens > 8192 maximum',
    });
  });

  it('[C13] TR-114 uses what is known when Ollama names no numbers', () => {
    const failure = { status: 500, headers: {}, body: Buffer.from('{"error":"the input length exceeds the context length"}') };
    expect(translateError(failure, { api: 'ollama', now: 0, contextWindow: 8192, inputEstimate: 9000 })).toMatchObject({
      status: 400,
      message: 'prompt is too long: 9000 tokens > 8192 maximum',
    });
  });
});
