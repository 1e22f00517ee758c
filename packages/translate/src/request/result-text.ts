import type { ContentPart, ToolResult } from './conversation.js';

const separator = '\n\n';

/** Texts of parts as one. */
export const textOfParts = (parts: readonly ContentPart[]): string =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join(separator);

/** Pictures and documents among parts. */
export const mediaOfParts = (parts: readonly ContentPart[]): Exclude<ContentPart, { type: 'text' }>[] =>
  parts.filter((part) => part.type !== 'text');

/** The text of a result, marked when the tool failed (row 34); '' for a result without any (row 35). */
export function resultText({ isError, parts }: ToolResult): string {
  const text = textOfParts(parts);
  if (!isError) return text;
  return text === '' ? '[tool error]' : `[tool error] ${text}`;
}
