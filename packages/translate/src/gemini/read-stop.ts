import type { StopReason } from '../answer/answer-sink.js';

/** What a finish reason means to the client: how the answer ended, or that it is broken. */
export type StopMeaning = { readonly stop: StopReason } | { readonly broken: string };

const refusal: StopMeaning = { stop: 'refusal' };
const endTurn: StopMeaning = { stop: 'end_turn' };
const reasons: Readonly<Record<string, StopMeaning>> = {
  STOP: endTurn,
  MAX_TOKENS: { stop: 'max_tokens' },
  CONTINUATION: { stop: 'max_tokens' },
  SAFETY: refusal,
  RECITATION: refusal,
  LANGUAGE: refusal,
  BLOCKLIST: refusal,
  PROHIBITED_CONTENT: refusal,
  SPII: refusal,
  IMAGE_SAFETY: refusal,
  IMAGE_PROHIBITED_CONTENT: refusal,
  IMAGE_RECITATION: refusal,
  MALFORMED_FUNCTION_CALL: { broken: 'the model made a function call that is malformed' },
  UNEXPECTED_TOOL_CALL: { broken: 'the model called a tool the request does not have' },
  TOO_MANY_TOOL_CALLS: { broken: 'the model made too many tool calls in a row' },
  MISSING_THOUGHT_SIGNATURE: { broken: 'a thought signature is missing in the conversation' },
  MALFORMED_RESPONSE: { broken: 'the model made an answer that is malformed' },
};

/**
 * The meaning of `finishReason` (translation.md rows 86, 101, 102, 105). A broken answer is an error, so that it is tried
 * again. Nothing is known of `OTHER`: with nothing said it was withheld. A reason this program does not know ends a turn.
 */
export function readStop(reason: string, saidSomething: boolean): StopMeaning {
  if (reason === 'OTHER' && !saidSomething) return refusal;
  return Object.hasOwn(reasons, reason) ? (reasons[reason] ?? endTurn) : endTurn;
}
