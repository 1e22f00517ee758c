import type { JsonObject } from '@ccproxy/wire';

/** A count of tokens; undefined for anything but a whole number from 0. */
export const countOf = (holder: JsonObject | undefined, key: string): number | undefined => {
  const value = holder?.[key];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
};
