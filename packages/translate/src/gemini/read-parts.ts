import { type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import type { AnswerSink } from '../answer/answer-sink.js';
import { createCallReader } from './read-calls.js';
import { encodeThoughtSignature } from './thought-signature.js';

/** Reads the parts of an answer, in the order they come. */
export interface PartReader {
  read(part: JsonObject): void;
  finish(): void;
  /** Whether any part said something. */
  readonly saidSomething: boolean;
}

/**
 * Thought signatures travel on the thinking block before the part they belong to, an empty one where there is none. One
 * that comes when the text it belongs to is on its way is left out: it is no duty for text, and a thinking block behind
 * the text would end the message, which Claude Code then takes for an answer without text (measured on 2.1.328).
 */
export function createPartReader(sink: AnswerSink): PartReader {
  const calls = createCallReader(sink);
  let last: 'nothing' | 'thought' | 'text' | 'call' = 'nothing';
  /** Came alone in a part; belongs to what comes next. */
  let waiting: string | undefined;

  const readText = (text: string, signature: string | undefined): void => {
    if (text === '') {
      if (signature === undefined || last === 'text') return;
      if (last === 'thought') sink.signature(encodeThoughtSignature({ part: 'thought', signature }));
      else waiting = signature;
      return;
    }
    const own = signature ?? waiting;
    if (own !== undefined && last !== 'text') sink.signature(encodeThoughtSignature({ part: 'text', signature: own }));
    waiting = undefined;
    sink.text(text);
    last = 'text';
  };
  const readThought = (text: string, signature: string | undefined): void => {
    sink.thinking(text);
    if (text !== '') last = 'thought';
    if (signature === undefined) return;
    if (last === 'thought') sink.signature(encodeThoughtSignature({ part: 'thought', signature }));
    else waiting = signature;
  };
  const readCall = (call: JsonObject, signature: string | undefined): void => {
    const own = signature ?? (stringMember(call, 'name') === undefined ? undefined : waiting);
    if (own !== undefined) {
      sink.signature(encodeThoughtSignature({ part: 'call', signature: own }));
      waiting = undefined;
    }
    calls.read(call);
    last = 'call';
  };
  return {
    read(part) {
      const signature = stringMember(part, 'thoughtSignature') || undefined;
      const text = stringMember(part, 'text');
      const call = objectMember(part, 'functionCall');
      if (call !== undefined) readCall(call, signature);
      else if (text === undefined) readText(describePart(part), signature);
      else if (part['thought'] === true) readThought(text, signature);
      else readText(text, signature);
    },
    finish: () => calls.finish(),
    get saidSomething() {
      return last !== 'nothing';
    },
  };
}

/** Parts an Anthropic answer has no block for, as text; '' for those that carry nothing. */
function describePart(part: JsonObject): string {
  const code = objectMember(part, 'executableCode');
  if (code !== undefined)
    return `\n\`\`\`${(stringMember(code, 'language') ?? '').toLowerCase()}\n${stringMember(code, 'code') ?? ''}\n\`\`\`\n`;
  const result = objectMember(part, 'codeExecutionResult');
  if (result !== undefined) return `\n\`\`\`\n${stringMember(result, 'output') ?? ''}\n\`\`\`\n`;
  const media = objectMember(part, 'inlineData') ?? objectMember(part, 'fileData');
  if (media === undefined) return '';
  return `[The model answered with ${stringMember(media, 'mimeType') ?? 'media'}, which cannot be passed on.]`;
}
