import { isJsonObject, type JsonObject, stringMember } from '@ccproxy/wire';
import type { AnswerSink } from '../answer/answer-sink.js';
import { createPartialArgs, type PartialArgs } from './partial-args.js';

/** Characters of the pieces of one call. */
const maxPieces = 16 * 1024 * 1024;

/** Reads `functionCall` parts: whole ones, and those whose input comes in pieces (translation.md row 104). */
export interface CallReader {
  read(call: JsonObject): void;
  /** Closes a call whose last piece never said so. */
  finish(): void;
}

export function createCallReader(sink: AnswerSink): CallReader {
  let calls = 0;
  let open: { readonly key: number; readonly args: PartialArgs; size: number } | undefined;

  const finish = (): void => {
    if (open === undefined) return;
    sink.toolInput(open.key, JSON.stringify(open.args.input));
    sink.toolDone(open.key);
    open = undefined;
  };
  const addPieces = (call: JsonObject): void => {
    const pieces = Array.isArray(call['partialArgs']) ? (call['partialArgs'] as unknown[]) : [];
    for (const piece of pieces) {
      if (open === undefined) return;
      open.size += JSON.stringify(piece).length;
      if (open.size > maxPieces || !open.args.apply(piece))
        sink.fail('api_error', 'the provider sent a piece of a function call that fits nowhere');
    }
  };
  const begin = (name: string, call: JsonObject): void => {
    finish();
    const key = calls;
    calls += 1;
    sink.tool(key, { id: stringMember(call, 'id'), name });
    if (call['willContinue'] === true || Array.isArray(call['partialArgs'])) {
      open = { key, args: createPartialArgs(), size: 0 };
      return;
    }
    const { args } = call;
    sink.toolInput(key, typeof args === 'string' ? args : JSON.stringify(args ?? {}));
    sink.toolDone(key);
  };
  return {
    read(call) {
      const name = stringMember(call, 'name') ?? '';
      if (name !== '') begin(name, call);
      if (open === undefined) return;
      addPieces(call);
      // A call that goes on may also bring the rest of its input whole.
      if (name === '' && isJsonObject(call['args'])) for (const [key, value] of Object.entries(call['args'])) open?.args.set(key, value);
      if (call['willContinue'] !== true) finish();
    },
    finish,
  };
}
