const maxText = 200;
const maxItems = 64;
const maxDepth = 4;

/**
 * A copy that is small whatever was given: texts cut to 200 characters, 64 items per list and record, 4 levels; what JSON
 * cannot say becomes text. It keeps a prompt that ended up among features by mistake from being stored.
 */
export function boundedCopy(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.length > maxText ? `${value.slice(0, maxText)}… (${value.length} characters)` : value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean' || value === null || value === undefined) return value;
  if (typeof value !== 'object') return String(value).slice(0, maxText);
  if (depth >= maxDepth) return '…';
  return Array.isArray(value) ? boundedList(value, depth + 1) : boundedRecord(value, depth + 1);
}

function boundedList(list: readonly unknown[], depth: number): unknown[] {
  const kept = list.slice(0, maxItems).map((item) => boundedCopy(item, depth));
  return list.length > maxItems ? [...kept, `… (${list.length} items)`] : kept;
}

function boundedRecord(record: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(record);
  const kept = entries.slice(0, maxItems).map(([key, item]) => [key.slice(0, maxText), boundedCopy(item, depth)] as const);
  return Object.fromEntries(kept);
}
