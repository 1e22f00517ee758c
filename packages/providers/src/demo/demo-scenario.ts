import type { DemoRequest } from './demo-request.js';

/** What the demo will do with one request. */
export interface DemoScenario {
  readonly error: { readonly status: number; readonly type: string; readonly message: string } | undefined;
  readonly thinking: string | undefined;
  readonly text: string;
  readonly tool: { readonly name: string; readonly input: Readonly<Record<string, unknown>> } | undefined;
  /** Pause before the first byte and between pieces, ms. */
  readonly delayMs: number;
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};
const MAX_WORDS = 20_000;
const MAX_DELAY = 60_000;
const SLOW = 400;

const numberAfter = (text: string, word: string): number | undefined => {
  const found = new RegExp(`\\[\\[${word}:(\\d{1,6})\\]\\]`, 'i').exec(text);
  return found?.[1] === undefined ? undefined : Number(found[1]);
};

const errorOf = (status: number | undefined): DemoScenario['error'] => {
  if (status === undefined || status < 400 || status > 599) return undefined;
  return {
    status,
    type: ERROR_TYPES[status] ?? 'api_error',
    message: `The demo provider answers ${status} because the request asked for it.`,
  };
};

const toolOf = (request: DemoRequest): DemoScenario['tool'] => {
  const found = /\[\[tool:([\w-]{1,64})\s*(\{.*?\})?\]\]/s.exec(request.text);
  const name = found?.[1] ?? (request.model.includes('demo-tool') ? request.toolNames[0] : undefined);
  if (name === undefined || !request.toolNames.includes(name)) return undefined;
  try {
    return { name, input: JSON.parse(found?.[2] ?? '{}') as Record<string, unknown> };
  } catch (error) {
    if (error instanceof SyntaxError) return { name, input: {} };
    throw error;
  }
};

/** The smallest document of a flat JSON schema: what the client asks for when it wants a title. */
const sample = (schema: Readonly<Record<string, unknown>>): string => {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, { type?: unknown; enum?: readonly unknown[] }>>;
  const value = (property: { type?: unknown; enum?: readonly unknown[] }): unknown => {
    if (property.enum !== undefined) return property.enum[0];
    if (property.type === 'boolean') return false;
    if (property.type === 'number' || property.type === 'integer') return 0;
    if (property.type === 'array') return [];
    return property.type === 'object' ? {} : 'Demo';
  };
  return JSON.stringify(Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, value(property)])));
};

const words = (count: number): string => Array.from({ length: Math.min(count, MAX_WORDS) }, (_, index) => `word${index + 1}`).join(' ');

const answerTo = (request: DemoRequest, tool: DemoScenario['tool']): string => {
  if (request.schema !== undefined) return sample(request.schema);
  if (tool !== undefined) return `I will use ${tool.name}.`;
  if (request.toolResults.length > 0) return `The tool answered: ${request.toolResults.join(' | ').slice(0, 2000)}`;
  const said = /\[\[say:(.*?)\]\]/s.exec(request.text)?.[1];
  if (said !== undefined) return said;
  const long = numberAfter(request.text, 'long') ?? (request.model.includes('demo-long') ? 2000 : undefined);
  if (long !== undefined) return words(long);
  return `This is the demo provider: no model was asked and nothing left this machine. You wrote: ${request.text.slice(0, 2000)}`;
};

/** Chooses by magic words in the prompt (`[[think]]`, `[[tool:Name {…}]]`, `[[slow:ms]]`, `[[long:n]]`, `[[error:529]]`, `[[say:…]]`) or model names (`demo-think`, …). */
export function demoScenario(request: DemoRequest): DemoScenario {
  const { text, model } = request;
  const modelError = /demo-error-(\d{3})/.exec(model)?.[1];
  const thinks = /\[\[think(?::(.*?))?\]\]/s.exec(text);
  const tool = request.toolResults.length > 0 ? undefined : toolOf(request);
  return {
    error: errorOf(numberAfter(text, 'error') ?? (modelError === undefined ? undefined : Number(modelError))),
    thinking: thinks !== null || model.includes('demo-think') ? (thinks?.[1] ?? 'The demo thinks for a moment.') : undefined,
    text: answerTo(request, tool),
    tool,
    delayMs: Math.min(numberAfter(text, 'slow') ?? (model.includes('demo-slow') ? SLOW : 0), MAX_DELAY),
  };
}
