import { findJsonError } from './json-error-position.js';

export type JsonResult =
  | { readonly ok: true; readonly value: unknown }
  /** Line and column count from 1; the message quotes at most one character of the text. */
  | { readonly ok: false; readonly line: number; readonly column: number; readonly message: string };

/**
 * Parses JSON without throwing. Members named `__proto__`, and `constructor` members that hold a `prototype`, are removed at every depth,
 * so that a later merge cannot reach a prototype.
 */
export function parseJson(text: string): JsonResult {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    const value: unknown = JSON.parse(body);
    if (mayNamePrototype(body)) removePrototypeKeys(value);
    return { ok: true, value };
  } catch {
    // JSON.parse names a position only in some of its messages and quotes the text in others: find it ourselves.
    return { ok: false, ...findJsonError(body) };
  }
}

function mayNamePrototype(text: string): boolean {
  return /"(?:_|\\u005[fF]){2}|"constructor"|\\u00[67]/.test(text);
}

function removePrototypeKeys(root: unknown): void {
  const pending = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (!isRecord(value)) continue;
    if (Object.hasOwn(value, '__proto__')) delete value['__proto__'];
    if (isRecord(value['constructor']) && Object.hasOwn(value['constructor'], 'prototype')) delete value['constructor'];
    for (const member of Object.values(value)) if (isRecord(member)) pending.push(member);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
