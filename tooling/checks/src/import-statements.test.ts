import { describe, expect, it } from 'vitest';
import { importStatements, packageOf } from './import-statements.ts';

describe('importStatements', () => {
  it.each([
    ["import a from 'a';", { specifier: 'a', typeOnly: false, dynamic: false }],
    ["import { a,\n  b,\n} from 'a/b';", { specifier: 'a/b', typeOnly: false, dynamic: false }],
    ["import type { A } from './a.js';", { specifier: './a.js', typeOnly: true, dynamic: false }],
    ["export * from '@s/a';", { specifier: '@s/a', typeOnly: false, dynamic: false }],
    ["export type * from 'a';", { specifier: 'a', typeOnly: true, dynamic: false }],
    ["import 'a';", { specifier: 'a', typeOnly: false, dynamic: false }],
    ["const a = await import('a');", { specifier: 'a', typeOnly: false, dynamic: true }],
    ['export declare const x: import("zod").ZodType;', { specifier: 'zod', typeOnly: false, dynamic: true }],
  ])('reads %j', (source, statement) => {
    expect(importStatements(source)).toEqual([statement]);
  });

  it.each([
    "export const a = Array.from('x');",
    "const from = 'a';",
    "// import a from 'a'",
    "export const text = 'import it';",
    'import.meta.url',
  ])('reads nothing in %j', (source) => {
    expect(importStatements(source)).toEqual([]);
  });
});

it.each([
  ['zod', 'zod'],
  ['zod/v4', 'zod'],
  ['@scope/name/sub', '@scope/name'],
  ['node:fs', undefined],
  ['./a.js', undefined],
])('packageOf(%j) is %j', (specifier, name) => {
  expect(packageOf(specifier)).toBe(name);
});
