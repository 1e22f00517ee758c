import { isJsonObject, type JsonObject } from '@ccproxy/wire';

/** OpenRouter's `reasoning_details`: what it wants back unchanged with the next request, in pieces. */
export interface ReasoningDetails {
  /** Takes the member of a delta; returns the readable text in it. */
  add(member: unknown): string;
  /** The pieces so far as one JSON text when they hold more than readable text, else ''; forgets them. */
  take(): string;
}

/** Characters kept. Beyond, nothing is given back: half a signature is worth nothing. */
const maxKept = 1024 * 1024;

export function createReasoningDetails(): ReasoningDetails {
  let entries: Record<string, unknown>[] = [];
  let size = 0;

  const keep = (entry: JsonObject): void => {
    size += JSON.stringify(entry).length;
    const last = entries.at(-1);
    if (size > maxKept) entries = [];
    else if (last !== undefined && last['type'] === entry['type'] && last['index'] === entry['index'] && joins(last)) join(last, entry);
    else entries.push({ ...entry });
  };
  return {
    add(member) {
      if (!Array.isArray(member)) return '';
      let text = '';
      for (const entry of member) {
        if (!isJsonObject(entry)) continue;
        keep(entry);
        for (const key of ['text', 'summary']) if (typeof entry[key] === 'string') text += entry[key];
      }
      return text;
    },
    take() {
      const kept = entries;
      entries = [];
      return kept.some((entry) => isText(entry['data']) || isText(entry['signature'])) ? JSON.stringify(kept) : '';
    },
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const joins = (entry: JsonObject): boolean => !isText(entry['data']) && entry['type'] !== 'reasoning.encrypted';

function join(last: Record<string, unknown>, entry: JsonObject): void {
  for (const [key, value] of Object.entries(entry)) {
    const before = last[key];
    const adds = (key === 'text' || key === 'summary') && typeof before === 'string' && typeof value === 'string';
    if (adds) last[key] = before + value;
    else if (value !== null && value !== undefined) last[key] = value;
  }
}
