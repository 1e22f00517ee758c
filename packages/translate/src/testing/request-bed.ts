import type { JsonObject } from '@ccproxy/wire';
import { isJsonObject } from '@ccproxy/wire';
import type { WireApi } from '../core/wire-api.js';
import { type TranslatedRequest, translateRequest, type TranslateRequestOptions } from '../translate-request.js';

export const png = 'iVBORw0KGgo=';
export const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } };
export const pdf = { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } };
export const tool = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  description: `d ${name}`,
  input_schema: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
  ...more,
});
export const call = (id: string, name = 'f', input: JsonObject = { q: 'a' }): JsonObject => ({ type: 'tool_use', id, name, input });
export const result = (id: string, content: unknown, more: JsonObject = {}): JsonObject => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...more,
});
export const text = (value: string): JsonObject => ({ type: 'text', text: value });

/** A conversation of three messages. */
export const after = (assistant: unknown, user: unknown): JsonObject => ({
  tools: [tool('f'), tool('g')],
  messages: [
    { role: 'user', content: 'start' },
    { role: 'assistant', content: assistant },
    { role: 'user', content: user },
  ],
});

export const request = (api: WireApi, body: JsonObject, options: Partial<TranslateRequestOptions> = {}): TranslatedRequest =>
  translateRequest(
    api,
    { model: 'claude-asked', max_tokens: 500, messages: [{ role: 'user', content: 'hi' }], ...body },
    { model: 'some-model', messageId: 'msg_1', ...options },
  );

/** Every key at any depth. */
export function keysOf(value: unknown): Set<string> {
  const keys = new Set<string>();
  const visit = (inner: unknown): void => {
    if (Array.isArray(inner)) inner.forEach(visit);
    else if (isJsonObject(inner))
      for (const [key, member] of Object.entries(inner)) {
        keys.add(key);
        visit(member);
      }
  };
  visit(value);
  return keys;
}
