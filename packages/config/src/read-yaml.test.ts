import { describe, expect, it } from 'vitest';
import { guardYaml } from './guard-yaml.js';
import { initConfigText } from './init-config.js';
import { readYaml } from './read-yaml.js';
import { analyze } from './testing/analyze.js';

/** Generous: the figure of the threat table is 200 ms on an idle machine, and these take a few. */
const bound = 2000;

const bombs: Record<string, string> = {
  'alias bomb': `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, i) => {
    const [name, below] = [String.fromCharCode(98 + i), String.fromCharCode(97 + i)];
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${below}`).join(',')}]`;
  }).join('\n')}\n`,
  'alias to itself': 'a: &a [*a]\n',
  'many aliases': `a: &a 1\nb:\n${'  - *a\n'.repeat(5000)}`,
  'flow nesting': `a: ${'['.repeat(200_000)}`,
  'map nesting': `a: ${'{b: '.repeat(100_000)}`,
  'block nesting': Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  'list nesting': '- '.repeat(100_000),
  'many keys': Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join('\n'),
  'many items': `a: [${'1,'.repeat(300_000)}]`,
  'many comments': '#\n'.repeat(400_000),
  'many documents': '---\n'.repeat(100_000),
  'many directives': '%a\n'.repeat(100_000),
  'many anchors': '&a '.repeat(100_000),
  'many question marks': '? '.repeat(100_000),
  'many colons': ': '.repeat(200_000),
  tags: 'a: !!js/function "function(){}"\n',
  'custom tag': 'a: !include /etc/passwd\n',
  'many tags': '!a '.repeat(100_000),
  'duplicate keys': 'server: {}\nserver: {}\n',
  'prototype key': '__proto__: { polluted: true }\n',
  'constructor key': 'providers: { constructor: { type: demo } }\n',
  'two documents': 'server: {}\n---\nserver: {}\n',
  'YAML 1.1': '%YAML 1.1\n---\nlogging: { bodies: yes }\n',
  'map as key': '? { a: 1 }\n: 2\n',
  'no key': ': 1\n',
  'open quote': 'a: "never closed\n',
  'unknown alias': 'a: *nothing\n',
  tabs: 'a:\n\t\tb: 1\n',
};

describe('readYaml', () => {
  it.each(Object.entries(bombs))('[F1] refuses %s quickly, with a position', async (_, text) => {
    const started = performance.now();
    const { config, diagnostics } = await analyze(text);
    expect(performance.now() - started).toBeLessThan(bound);
    expect(config).toBeUndefined();
    expect(diagnostics.length).toBeGreaterThan(0);
    for (const { where, code } of diagnostics) {
      expect(code).toMatch(/^CCP_/u);
      expect(where.line).toBeGreaterThan(0);
      expect(where.column).toBeGreaterThan(0);
    }
  });

  it('[F1] leaves the object prototype alone', () => {
    readYaml('__proto__: { polluted: true }\na: { __proto__: { polluted: true } }', 'x');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('follows a few aliases', async () => {
    const { config } = await analyze('models:\n  default: &base { provider: anthropic, model: a }\n  other: *base\n');
    expect(config?.models['other']).toMatchObject({ name: 'other', model: 'a' });
  });

  it('places keys and values, and paths that do not exist at what encloses them', () => {
    const tree = readYaml('a:\n  - b: c\n', 'f.yaml');
    expect(tree.locate(['a', 0, 'b'], 'key')).toEqual({ file: 'f.yaml', line: 2, column: 5 });
    expect(tree.locate(['a', 0, 'b'])).toEqual({ file: 'f.yaml', line: 2, column: 8 });
    expect(tree.locate(['a', 0, 'x', 'y'])).toEqual({ file: 'f.yaml', line: 2, column: 5 });
    expect(tree.locate(['z'])).toEqual({ file: 'f.yaml', line: 1, column: 1 });
  });

  it('reads keys that look like numbers or switches as text', () => {
    expect(readYaml('{ 1: a, true: b }', 'f').value).toEqual({ '1': 'a', true: 'b' });
  });

  it('does not repeat the source in its messages', () => {
    const { problems } = readYaml('a: [ "sk-ant-secret" "sk-ant-other" }', 'f');
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain('sk-ant');
  });

  it('says where a refused text goes wrong', () => {
    expect(guardYaml(initConfigText())).toBeUndefined();
    expect(readYaml(`a: 1\nb: ${'['.repeat(40)}`, 'f').problems).toMatchObject([{ where: { line: 2, column: 36 } }]);
  });
});
