/** Names compared as bytes, so that reading a key builds no string. */
export interface NameTable<Name extends string = string> {
  readonly names: readonly Name[];
  readonly bytes: readonly Uint8Array[];
}

/** Longest literal, in bytes with quotes, that can still spell a name of a table: every character as `\uXXXX`. */
export const longestSpelling = 128;

/** A table of plain ASCII names of at most 20 characters. */
export function nameTable<const Name extends string>(...names: readonly Name[]): NameTable<Name> {
  return { names, bytes: names.map((name) => Buffer.from(name, 'latin1')) };
}

/** The name spelled by `bytes[start, end)`, or undefined. */
export function matchName<Name extends string>(table: NameTable<Name>, bytes: Uint8Array, start: number, end: number): Name | undefined {
  for (let index = 0; index < table.bytes.length; index += 1) {
    const name = table.bytes[index];
    if (name !== undefined && name.length === end - start && equalAt(name, bytes, start)) return table.names[index];
  }
  return undefined;
}

function equalAt(name: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < name.length; index += 1) if (name[index] !== bytes[start + index]) return false;
  return true;
}
