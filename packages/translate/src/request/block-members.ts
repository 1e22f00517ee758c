import { isJsonObject, type JsonObject, stringMember } from '@ccproxy/wire';
import { errors } from '../errors.js';

/** `content` of a message, a system prompt or a tool result as blocks; a string is one text block, nothing is none. */
export function blocksOf(content: unknown, where: string): readonly JsonObject[] {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content) || !content.every(isJsonObject))
    throw errors.CCP_TRANSLATE_INVALID({ message: `${where}: content must be a string or a list of blocks` });
  return content;
}

/** A member that should be a string, or nothing. */
export const textOf = (block: JsonObject, key: string): string => stringMember(block, key) ?? '';

export const isBlank = (text: string): boolean => text.trim() === '';
