/** Member names and list positions on the way from the root to a value. */
export type JsonPath = readonly (string | number)[];

const maxSteps = 64;
const step = /\.([^.[\]]+)|\[(\d{1,5})\]|\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y;

/**
 * Reads a JSON Path of the form `$.a.b[0]['c']` (RFC 9535, names and positions only). undefined for any other path, and
 * for one that would make a structure too deep.
 */
export function parseJsonPath(path: string): JsonPath | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: (string | number)[] = [];
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (match === null || steps.length === maxSteps) return undefined;
    const [, name, index, single, double] = match;
    steps.push(index === undefined ? (name ?? unescape(single ?? double ?? '')) : Number(index));
  }
  return steps;
}

const unescape = (text: string): string => text.replaceAll(/\\(.)/g, '$1');
