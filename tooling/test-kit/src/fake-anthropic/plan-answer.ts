import { asFault, type FaultKind } from './faults.ts';
import { flatText, type JsonSchema, lastUserText, type MessageRequest, toolResultsOf } from './message-request.ts';
import type { ScriptStep } from './script-step.ts';

/** Counts how often a magic model has failed already. */
export type FaultCounts = Map<string, number>;

/** The answer to a request no script step took: magic model, magic prompt, tool result, echo, in this order. */
export function planAnswer(request: MessageRequest, failed: FaultCounts): ScriptStep {
  const fault = magicModelFault(request.model ?? '', failed);
  if (fault !== undefined) return { fault };
  const results = toolResultsOf(request);
  if (results.length > 0) return { text: `TOOL_RESULT: ${results.map((result) => flatText(result['content'])).join(' | ')}` };
  return magicPrompt(lastUserText(request), request);
}

/** `fault-<kind>` fails always, `fault-<kind>-<n>` the first n times. */
function magicModelFault(model: string, failed: FaultCounts): FaultKind | undefined {
  const match = /fault-([a-z0-9]+(?:-(?:mid|error|first|json))*)(?:-(\d+))?/i.exec(model);
  if (match === null) return undefined;
  const [name, kind = '', limit] = match;
  const count = failed.get(name) ?? 0;
  failed.set(name, count + 1);
  return limit === undefined || count < Number(limit) ? asFault(kind.toLowerCase()) : undefined;
}

/** `[[tool:NAME {json}]]`, `[[fault:kind]]`, `[[say:text]]`, `[[think:thought]]`, `[[slow:ms]]`, `[[long:words]]` inside what the user typed. */
function magicPrompt(prompt: string, request: MessageRequest): ScriptStep {
  const find = (pattern: RegExp): string | undefined => pattern.exec(prompt)?.[1];
  const fault = find(/\[\[fault:([a-z0-9-]+)\]\]/i);
  const slow = find(/\[\[slow:(\d+)\]\]/);
  const thinking = find(/\[\[think:(.*?)\]\]/s);
  const step: ScriptStep = {
    ...(fault === undefined ? {} : { fault: asFault(fault) }),
    ...(slow === undefined ? {} : { delay_ms: Number(slow) }),
    ...(thinking === undefined ? {} : { thinking }),
  };
  const calls = [...prompt.matchAll(/\[\[tool:([\w-]+) (\{.*?\})\]\]/gs)];
  if (calls.length > 0 && (request.tools ?? []).length > 0) {
    const tools = calls.map(([, name = '', input = '{}']) => ({ name, input: JSON.parse(input) as Record<string, unknown> }));
    return { ...step, text: 'Let me do that.', tool_use: tools };
  }
  if (request.output_config?.format?.type === 'json_schema') {
    return { ...step, text: exampleOf(request.output_config.format.schema?.properties ?? {}) };
  }
  const words = find(/\[\[long:(\d+)\]\]/);
  const long = words === undefined ? undefined : Array.from({ length: Number(words) }, (_, i) => `word${i}`).join(' ');
  return { ...step, text: find(/\[\[say:(.*?)\]\]/s) ?? long ?? `FAKE_OK: ${prompt.slice(0, 200)}` };
}

/** A JSON document that fits the top level of a schema. */
function exampleOf(properties: Readonly<Record<string, JsonSchema>>): string {
  const defaults: Readonly<Record<string, unknown>> = { boolean: false, number: 0, integer: 0, array: [], object: {} };
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name, schema.enum?.[0] ?? defaults[schema.type ?? ''] ?? 'fake']),
    ),
  );
}
