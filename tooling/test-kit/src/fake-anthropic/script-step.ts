import { contentBlocks, type ContentBlock, type MessageRequest, toolResultsOf } from './message-request.ts';
import type { FaultKind } from './faults.ts';

/** Which requests a step answers; absent fields match everything. */
export interface StepCondition {
  /** Part of the model's name. */
  readonly model?: string;
  /** Part of the body's JSON. */
  readonly contains?: string;
  readonly stream?: boolean;
  /** Whether the last user message holds a tool result. */
  readonly tool_result?: boolean;
  /** Whether tools are declared. */
  readonly tools?: boolean;
}

/** One scripted answer of `POST /v1/messages`. */
export interface ScriptStep {
  readonly text?: string;
  readonly thinking?: string;
  readonly tool_use?: ToolCall | readonly ToolCall[];
  /** Literal content blocks, instead of the three above. */
  readonly content?: readonly ContentBlock[];
  readonly stop_reason?: string;
  /** An HTTP error in Anthropic form. */
  readonly status?: number;
  readonly error?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fault?: FaultKind;
  /** ms before the first byte with `fault: 'slow'`; 3000 by default */
  readonly slow_ms?: number;
  /** Sent as it is, with status 200. */
  readonly raw?: string;
  /** Overrides parts of the reported usage. */
  readonly usage?: Readonly<Record<string, unknown>>;
  /** The model reported back; the one asked for when absent. */
  readonly model?: string;
  /** ms before the answer */
  readonly delay_ms?: number;
  /** ms between deltas */
  readonly chunk_ms?: number;
  /** Keep-alives before `message_start`. */
  readonly pre?: KeepAlives;
  /** Keep-alives after the second delta. */
  readonly mid?: KeepAlives;
  /** How often the step is used; 0 = for ever, 1 by default. */
  readonly repeat?: number;
  readonly when?: StepCondition;
  /** Answer by the rules for unscripted requests. */
  readonly echo?: boolean;
}

export interface ToolCall {
  readonly id?: string;
  readonly name: string;
  readonly input?: Readonly<Record<string, unknown>>;
}

export interface KeepAlives {
  readonly ms?: number;
  readonly count?: number;
  readonly kind?: 'ping' | 'comment';
}

export interface Script {
  /** The first step that matches and is not used up, or undefined. It counts as used. */
  take(request: MessageRequest): ScriptStep | undefined;
}

export function createScript(steps: readonly ScriptStep[]): Script {
  const left = steps.map((step) => (step.repeat === 0 ? Infinity : (step.repeat ?? 1)));
  return {
    take(request) {
      const index = steps.findIndex((step, i) => (left[i] ?? 0) > 0 && matches(step.when, request));
      if (index < 0) return undefined;
      left[index] = (left[index] ?? 0) - 1;
      return steps[index];
    },
  };
}

function matches(when: StepCondition | undefined, request: MessageRequest): boolean {
  if (when === undefined) return true;
  const asked = <T>(wanted: T | undefined, is: (wanted: T) => boolean): boolean => wanted === undefined || is(wanted);
  return (
    asked(when.model, (model) => (request.model ?? '').includes(model)) &&
    asked(when.contains, (part) => JSON.stringify(request).includes(part)) &&
    asked(when.stream, (stream) => (request.stream ?? false) === stream) &&
    asked(when.tool_result, (wanted) => toolResultsOf(request).length > 0 === wanted) &&
    asked(when.tools, (wanted) => (request.tools ?? []).length > 0 === wanted)
  );
}

/** The content of an answer. */
export function contentOf(step: ScriptStep, newId: (prefix: string) => string): ContentBlock[] {
  if (step.content !== undefined) return [...step.content];
  const calls = step.tool_use === undefined ? [] : [step.tool_use].flat();
  return contentBlocks(
    step.thinking === undefined ? undefined : { type: 'thinking', thinking: step.thinking, signature: 'ZmFrZS1zaWduYXR1cmU=' },
    step.text === undefined ? undefined : { type: 'text', text: step.text },
    ...calls.map((call) => ({ type: 'tool_use', id: call.id ?? newId('toolu'), name: call.name, input: call.input ?? {} })),
  );
}
