import { JsonCursor } from './json-cursor.js';
import { JsonSyntaxError } from './json-syntax-error.js';
import { nameTable } from './name-table.js';

export interface SplicedMembers {
  readonly body: Buffer;
  /** Values of the members that were taken out, by name; of several the last. */
  readonly removed: Readonly<Record<string, unknown>>;
}

const comma = Buffer.from(',');

/**
 * Takes members of the outermost object out of a JSON text, and puts others in front; every byte of the members that stay is kept. For
 * protocols that carry a Messages body and want another envelope. `remove` holds plain names of at most 20 characters; what is added should
 * be among them, so that nothing stands there twice. undefined: the text is no JSON object.
 */
export function spliceMembers(body: Buffer, remove: readonly string[], add: Readonly<Record<string, unknown>>): SplicedMembers | undefined {
  try {
    return splice(body, remove, add);
  } catch (error) {
    // The cursor does not look into strings; JSON.parse of a removed one does.
    if (error instanceof JsonSyntaxError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function splice(body: Buffer, remove: readonly string[], add: Readonly<Record<string, unknown>>): SplicedMembers | undefined {
  const cursor = new JsonCursor(body);
  if (!cursor.atObject()) return undefined;
  const table = nameTable(...remove);
  const removed: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const kept: Buffer[] = Object.entries(add).map(([name, value]) => Buffer.from(`${JSON.stringify(name)}:${JSON.stringify(value)}`));
  let start = cursor.pos + 1;
  for (let key = cursor.firstKey(table); key !== undefined; key = cursor.nextKey(table)) {
    cursor.peek();
    const value = cursor.pos;
    cursor.skipValue();
    if (key === '') kept.push(body.subarray(start, cursor.pos));
    else removed[key] = JSON.parse(body.toString('utf8', value, cursor.pos)) as unknown;
    cursor.peek();
    start = cursor.pos + 1;
  }
  cursor.finish();
  const members = kept.flatMap((member, index) => (index === 0 ? [member] : [comma, member]));
  return { body: Buffer.concat([Buffer.from('{'), ...members, Buffer.from('}')]), removed };
}
