import { parseJson } from './parse-json.js';
import type { ProcessIdentity } from './process-identity.js';

/** Content of a lock file. */
export interface LockRecord extends ProcessIdentity {
  /** Tells apart two locks of one process. */
  readonly nonce: string;
}

/** Reads a lock file; undefined when it is empty, cut off or not a lock record. */
export function parseLockRecord(text: string): LockRecord | undefined {
  const parsed = parseJson(text);
  if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null) return undefined;
  const { pid, startTicks, bootId, nonce } = parsed.value as Partial<Record<keyof LockRecord, unknown>>;
  if (typeof pid !== 'number' || typeof startTicks !== 'number' || typeof bootId !== 'string') return undefined;
  return { pid, startTicks, bootId, nonce: typeof nonce === 'string' ? nonce : '' };
}
