import type { ByteSpan } from '@ccproxy/wire';

const tag = /^<CCR-SUBAGENT-MODEL>([^]*?)<\/CCR-SUBAGENT-MODEL>/;

/** A string literal of a body as text; undefined when it is none (raw control characters, which JSON does not know). */
export function literalText(body: Buffer, { start, end }: ByteSpan): string | undefined {
  try {
    return JSON.parse(body.toString('utf8', start, end)) as string;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Where claude-code-router looks for its tag: the second of several blocks of the system prompt. */
const tagged = (system: readonly ByteSpan[]): ByteSpan | undefined => (system.length > 1 ? system[1] : undefined);

/** `provider,model` from the tag at the start of the second system block; null when there is none. */
export function readSelectorTag(body: Buffer, system: readonly ByteSpan[]): string | null {
  const block = tagged(system);
  const found = block === undefined ? undefined : tag.exec(literalText(body, block) ?? '')?.[1];
  return found === undefined ? null : found.trim();
}

/** The body without that tag: a new buffer, or the body itself when there is none. */
export function withoutSelectorTag(body: Buffer, system: readonly ByteSpan[]): Buffer {
  const block = tagged(system);
  const text = block === undefined ? undefined : literalText(body, block);
  if (block === undefined || text === undefined || !tag.test(text)) return body;
  const rest = Buffer.from(JSON.stringify(text.replace(tag, '')));
  return Buffer.concat([body.subarray(0, block.start), rest, body.subarray(block.end)]);
}
