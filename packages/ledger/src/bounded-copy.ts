const maxText = 200;
const maxValues = 500;
const maxDepth = 6;

/** A text of at most 200 characters and a note of how long it was. */
export function boundedText(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText)}… (${text.length} characters)` : text;
}

/**
 * A copy that is small whatever was given: texts cut to 200 characters, 500 values and 6 levels in all, the rest left out with a
 * note; what JSON cannot say becomes text. It keeps a prompt that ended up among features by mistake from being stored.
 */
export function boundedCopy(value: unknown): unknown {
  return copy(value, { left: maxValues }, 0);
}

interface Budget {
  left: number;
}

function copy(value: unknown, budget: Budget, depth: number): unknown {
  budget.left -= 1;
  if (typeof value === 'string') return boundedText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean' || value === null || value === undefined) return value;
  if (typeof value === 'bigint') return boundedText(value.toString());
  if (typeof value !== 'object') return typeof value;
  if (depth >= maxDepth) return '… (deeper levels left out)';
  return Array.isArray(value) ? copyList(value, budget, depth + 1) : copyRecord(value, budget, depth + 1);
}

function copyList(list: readonly unknown[], budget: Budget, depth: number): unknown[] {
  const kept: unknown[] = [];
  for (const item of list) {
    if (budget.left <= 0) return [...kept, `… (${list.length} items)`];
    kept.push(copy(item, budget, depth));
  }
  return kept;
}

function copyRecord(record: object, budget: Budget, depth: number): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  const keys = Object.keys(record);
  for (const key of keys) {
    if (budget.left <= 0) {
      kept['…'] = `(${keys.length} entries)`;
      break;
    }
    // An assignment to this one would change the prototype.
    if (key === '__proto__') continue;
    kept[boundedText(key)] = copy((record as Readonly<Record<string, unknown>>)[key], budget, depth);
  }
  return kept;
}
