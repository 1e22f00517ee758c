import type { Draft } from './draft.js';

/** A credential as the new file writes it: never the value. */
export interface Credential {
  /** `${NAME}`. */
  readonly written: string;
  readonly note?: string;
}

const variable = /^[A-Za-z_][A-Za-z0-9_]*$/u;

/** Values people write where a program insists on a key and the server needs none. */
const dummies = new Set([
  'ollama',
  'lm-studio',
  'dummy',
  'none',
  'null',
  'empty',
  'no-key',
  'not-needed',
  'not-required',
  'fake',
  'local',
  'test',
  'sk-none',
  'x',
]);

/** Whether a key is only there because something had to be. */
export const isDummyKey = (key: string): boolean => dummies.has(key.trim().toLowerCase());

/** `OPEN_ROUTER_API_KEY` for a provider `open-router`. */
export function variableFor(name: string, ending = 'API_KEY'): string {
  const upper = name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/gu, '_')
    .replace(/^_+|_+$/gu, '');
  const base = upper === '' || /^\d/u.test(upper) ? `IMPORTED_${upper}` : upper;
  return `${base}_${ending}`.replace(/__+/gu, '_');
}

/** A key that was a variable already. */
export const referenceTo = (name: string): Credential | undefined => (variable.test(name) ? { written: `\${${name}}` } : undefined);

/**
 * A key that stood in the old file: the new one names a variable, which the user has to set to it. Equal keys get one variable; a name the
 * old file itself reads is not taken.
 */
export function literalCredential(draft: Draft, wanted: string, value: string): Credential {
  const id = JSON.stringify([wanted, value]);
  const taken = new Set([...draft.readVariables, ...draft.literals.values()]);
  let name = draft.literals.get(id) ?? wanted;
  for (let number = 2; !draft.literals.has(id) && taken.has(name); number++) name = `${wanted}_${number}`;
  draft.literals.set(id, name);
  return { written: `\${${name}}`, note: `the key is not copied: set ${name} to it` };
}
