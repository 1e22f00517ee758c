import { isJsonObject, type JsonObject, objectMember, stringMember, type TokenUsage } from '@ccproxy/wire';
import type { AnswerContext } from '../answer/answer-context.js';
import type { AnswerReader } from '../answer/answer-reader.js';
import type { AnswerSink, StopReason } from '../answer/answer-sink.js';
import { failIfError } from '../answer/error-in-answer.js';
import { parseEvent } from '../answer/parse-event.js';
import { explainError } from './explain-error.js';
import { createThinkTags } from '../answer/think-tags.js';
import { countOf } from '../answer/token-count.js';

/** `done_reason` (translation.md rows 86, 110): of `load`, `unload` and names to come the turn just ends. */
const stops: Readonly<Record<string, StopReason>> = { length: 'max_tokens' };

/** Reads the lines of `/api/chat`, or its one object. The line that says `done` is the last one, and nothing else ends an answer. */
export function readAnswer(sink: AnswerSink, context: AnswerContext): AnswerReader {
  let calls = 0;
  const thinkTags = context.thinkTags ? createThinkTags(sink) : undefined;

  const readText = (text: string): void => {
    if (text === '') return;
    if (thinkTags === undefined) sink.text(text);
    else thinkTags.push(text);
  };
  const readCall = (call: JsonObject): void => {
    thinkTags?.end();
    const fn = objectMember(call, 'function') ?? call;
    const args = fn['arguments'];
    const key = calls;
    calls += 1;
    sink.tool(key, { id: stringMember(call, 'id'), name: stringMember(fn, 'name') });
    // Proxies of Ollama's protocol send them as text.
    sink.toolInput(key, typeof args === 'string' ? args : JSON.stringify(args ?? {}));
    sink.toolDone(key);
  };
  const readLine = (line: JsonObject): void => {
    const { error } = line;
    const told = typeof error === 'string' ? { ...line, error: explainError(error) } : line;
    if (error !== undefined && error !== null && failIfError(sink, told, context)) return;
    sink.begin();
    const model = stringMember(line, 'model') ?? '';
    if (model !== '') sink.model(model);
    const message = objectMember(line, 'message') ?? {};
    sink.thinking(stringMember(message, 'thinking') ?? '');
    readText(stringMember(message, 'content') ?? '');
    const list = Array.isArray(message['tool_calls']) ? (message['tool_calls'] as unknown[]) : [];
    for (const call of list) if (isJsonObject(call)) readCall(call);
    if (line['done'] !== true) return;
    thinkTags?.end();
    sink.usage(usageOf(line));
    sink.stop(stops[stringMember(line, 'done_reason') ?? ''] ?? 'end_turn');
    sink.finish();
  };
  return {
    event(data) {
      const line = parseEvent(data, sink);
      if (line !== undefined) readLine(line);
    },
    body(value) {
      if (isJsonObject(value)) readLine(value);
    },
    end() {},
  };
}

/** Ollama tells nothing about its cache. */
function usageOf(line: JsonObject): TokenUsage {
  const inputTokens = countOf(line, 'prompt_eval_count');
  const outputTokens = countOf(line, 'eval_count');
  return { ...(inputTokens === undefined ? {} : { inputTokens }), ...(outputTokens === undefined ? {} : { outputTokens }) };
}
