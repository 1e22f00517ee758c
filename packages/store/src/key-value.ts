import { errors } from './errors.js';

/** Small values by key, one namespace of one owner. Every operation may fail with the coded errors of `DatabaseWorker`. */
export interface KeyValue {
  /** undefined: never set, deleted, or expired. */
  get(key: string): Promise<string | undefined>;
  /** CCP_STORE_VALUE when the key is longer than 512 or the value than 1 Mi characters. `ttlMs`: how long it is kept; for ever when absent. */
  set(key: string, value: string, options?: { readonly ttlMs?: number }): Promise<void>;
  delete(key: string): Promise<void>;
  /** The entries whose key starts with `prefix`, in the order of their keys by code point. */
  list(prefix: string, limit: number): Promise<KeyValueEntry[]>;
}

export interface KeyValueEntry {
  readonly key: string;
  readonly value: string;
}

const maxKey = 512;
const maxValue = 1024 * 1024;

/** CCP_STORE_VALUE when the entry is too large. */
export function checkEntry(namespace: string, key: string, value: string): void {
  if (key.length <= maxKey && value.length <= maxValue) return;
  throw errors.CCP_STORE_VALUE({
    message: `an entry of ${namespace} has a key of ${key.length} and a value of ${value.length} characters; ${maxKey} and ${maxValue} are taken`,
  });
}
