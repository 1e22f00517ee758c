import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteSpan, MessagesView } from './messages-view.js';
import { scanMessagesRequest } from './scan-messages-request.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);
const numRuns = 10_000 * scale;
const timeout = 600_000 * scale;
/** A failure is shrunk no longer than this, so that it is reported instead of running on. */
const runs = { numRuns, interruptAfterTimeLimit: timeout / 2, markInterruptAsFailure: true } as const;

/** A JSON text as a tree that can hold what JSON.stringify cannot write: repeated keys, odd numbers. */
type Tree =
  | { readonly raw: string }
  | { readonly text: string }
  | { readonly items: readonly Tree[] }
  | { readonly members: readonly (readonly [string, Tree])[] };

/** Long enough to be skipped by searching, and ending in what a search for the quote can get wrong. */
const tricky = fc
  .tuple(fc.nat(80), fc.constantFrom('\\', '\\\\', '"', '\\"', '\\\\"', '\\\\\\'), fc.constantFrom('', 'z', '"', 'z'.repeat(70)))
  .map(([length, middle, end]) => 'a'.repeat(length) + middle + end);
const text = fc
  .oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.string({ maxLength: 90 }), tricky, fc.constantFrom('\ud800', 'a"b\\', ''))
  .map((value): Tree => ({ text: value }));
const number = fc
  .constantFrom('0', '-0', '1', '1e2', '1E+2', '32000', '-1', '0.5', '1e999', '123456789012345678901', '2.50e1')
  .map((raw): Tree => ({ raw }));
const literal = fc.constantFrom('true', 'false', 'null').map((raw): Tree => ({ raw }));
const oneOfTexts = (...values: string[]) => fc.constantFrom(...values).map((value): Tree => ({ text: value }));
const members = (...entries: (readonly [string, fc.Arbitrary<Tree>])[]) =>
  fc
    .array(fc.oneof(...entries.map(([key, value]) => value.map((tree) => [key, tree] as const))), { maxLength: 5 })
    .map((list): Tree => ({ members: list }));
const items = (item: fc.Arbitrary<Tree>) => fc.array(item, { maxLength: 3 }).map((list): Tree => ({ items: list }));

const { any } = fc.letrec<{ any: Tree }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    text,
    number,
    literal,
    items(tie('any')),
    fc
      .array(fc.tuple(fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('model', 'type', '__proto__')), tie('any')), { maxLength: 3 })
      .map((list): Tree => ({ members: list })),
  ),
}));
const mostly = (usual: fc.Arbitrary<Tree>) => fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: any });

const source = members(['type', mostly(oneOfTexts('base64', 'url'))], ['data', mostly(text)], ['content', any], ['media_type', text]);
const leaf = members(['type', mostly(oneOfTexts('image', 'text'))], ['source', source], ['text', text]);
const block = members(
  ['type', mostly(oneOfTexts('text', 'image', 'tool_result', 'document'))],
  ['content', mostly(items(leaf))],
  ['source', mostly(source)],
  ['text', text],
  ['input', any],
);
const message = members(
  ['role', mostly(oneOfTexts('user', 'assistant', 'system', 'critic'))],
  ['role', text],
  ['content', mostly(fc.oneof(text, items(block)))],
  ['output_config', any],
);
const tool = members(['name', mostly(text)], ['type', mostly(text)], ['input_schema', any]);
const body = fc
  .tuple(
    fc.array(
      fc.oneof(
        mostly(text).map((tree) => ['model', tree] as const),
        mostly(items(mostly(message))).map((tree) => ['messages', tree] as const),
        mostly(literal).map((tree) => ['stream', tree] as const),
        mostly(number).map((tree) => ['max_tokens', tree] as const),
        mostly(items(mostly(tool))).map((tree) => ['tools', tree] as const),
        mostly(members(['type', mostly(text)], ['name', mostly(text)])).map((tree) => ['tool_choice', tree] as const),
        mostly(members(['type', mostly(text)], ['budget_tokens', mostly(number)])).map((tree) => ['thinking', tree] as const),
        mostly(members(['user_id', mostly(text)])).map((tree) => ['metadata', tree] as const),
        any.map((tree) => ['system', tree] as const),
        fc.tuple(fc.string({ maxLength: 12 }), any).map(([key, tree]) => [key, tree] as const),
      ),
      { maxLength: 9 },
    ),
    message,
  )
  .map(([list, one]): Tree => ({
    members: [
      ['model', { text: 'm' }],
      ['messages', { items: [{ members: [...('members' in one ? one.members : []), ['role', { text: 'user' }]] }] }],
      ...list,
    ],
  }));

/** Small deterministic randomness, so that the layout of a text shrinks with its seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % sides;
  };
}

function write(tree: Tree, roll: (sides: number) => number): string {
  const gap = (): string => (roll(4) === 0 ? (['', ' ', '\n', '\r\n', '\t ', '  '][roll(6)] ?? '') : '');
  const quoted = (value: string): string =>
    `"${Array.from({ length: value.length }, (_, index) => {
      const code = value.charCodeAt(index);
      if (roll(12) === 0) return `\\u${code.toString(16).padStart(4, '0')}`;
      return JSON.stringify(value.charAt(index)).slice(1, -1);
    }).join('')}"`;
  const list = (open: string, parts: readonly string[], close: string): string =>
    gap() + open + gap() + parts.join(`${gap()},${gap()}`) + gap() + close + gap();
  if ('raw' in tree) return gap() + tree.raw;
  if ('text' in tree) return gap() + quoted(tree.text);
  if ('items' in tree)
    return list(
      '[',
      tree.items.map((item) => write(item, roll)),
      ']',
    );
  return list(
    '{',
    tree.members.map(([key, value]) => `${quoted(key)}${gap()}:${write(value, roll)}`),
    '}',
  );
}

const request = fc
  .tuple(body, fc.integer({ min: 0 }), fc.boolean())
  .map(([tree, seed, bom]) => Buffer.from((bom && seed % 10 === 0 ? '\ufeff' : '') + write(tree, dice(seed))));

type Members = Record<string, unknown>;
const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const ifString = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const own = (object: Members, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined);
const parse = (buffer: Uint8Array): { readonly value: unknown } | undefined => {
  try {
    return {
      value: JSON.parse(
        Buffer.from(buffer)
          .toString('utf8')
          .replace(/^\ufeff/, ''),
      ),
    };
  } catch {
    return undefined; // Not JSON: that is an answer here.
  }
};

/** What the view must be, by the other road: parse everything, then look. `undefined`: the shape must be refused. */
function expected(value: Members, buffer: Uint8Array) {
  const model = own(value, 'model');
  const messages = own(value, 'messages');
  const stream = own(value, 'stream') ?? false;
  const maxTokens = own(value, 'max_tokens') ?? undefined;
  if (typeof model !== 'string' || !Array.isArray(messages) || typeof stream !== 'boolean') return undefined;
  if (maxTokens !== undefined && !(Number.isSafeInteger(maxTokens) && Number(maxTokens) >= 0)) return undefined;
  if (!messages.every((entry) => isObject(entry) && typeof own(entry, 'role') === 'string')) return undefined;
  const named = (entry: unknown) =>
    isObject(entry) ? { type: ifString(own(entry, 'type')), name: ifString(own(entry, 'name')) } : undefined;
  const tools = own(value, 'tools');
  const choice = named(own(value, 'tool_choice'));
  const thinking = own(value, 'thinking');
  const metadata = own(value, 'metadata');
  const userId = isObject(metadata) ? ifString(own(metadata, 'user_id')) : undefined;
  const budget = isObject(thinking) ? own(thinking, 'budget_tokens') : undefined;
  const thinkingType = isObject(thinking) ? ifString(own(thinking, 'type')) : undefined;
  return {
    model,
    stream,
    maxTokens,
    thinking:
      thinkingType === undefined
        ? undefined
        : { type: thinkingType, budgetTokens: typeof budget === 'number' && Number.isFinite(budget) ? budget : undefined },
    tools: (Array.isArray(tools) ? tools : [])
      .filter(isObject)
      .map((entry) => ({ name: named(entry)?.name ?? '', type: named(entry)?.type })),
    toolChoice: choice?.type === undefined ? undefined : choice,
    metadataUserId: userId,
    messages: messages as Members[],
    system: own(value, 'system'),
    roles: (messages as Members[]).map((entry) => entry['role']),
    images: messages.reduce((count: number, entry: Members) => count + countImages(own(entry, 'content'), 1), 0),
    bytes: buffer.length,
  };
}

function countImages(content: unknown, depth: number): number {
  if (depth > 3 || !Array.isArray(content)) return 0;
  return content.filter(isObject).reduce((count, entry) => {
    const inner = own(entry, 'source');
    const inside = countImages(own(entry, 'content'), depth + 1) + (isObject(inner) ? countImages(own(inner, 'content'), depth + 1) : 0);
    return count + inside + (own(entry, 'type') === 'image' ? 1 : 0);
  }, 0);
}

/** What the scanner shows beside what JSON.parse of the same bytes shows; both are to be equal. */
function compare(buffer: Uint8Array): { readonly seen: unknown; readonly wanted: unknown } {
  const result = scanMessagesRequest(Buffer.from(buffer));
  const parsed = parse(buffer);
  const sound = result.ok || result.reason === 'shape';
  if (parsed === undefined) return { seen: sound && !structureIsJson(buffer), wanted: false };
  const wanted = isObject(parsed.value) ? expected(parsed.value, buffer) : undefined;
  if (!result.ok) return { seen: result.reason, wanted: wanted === undefined ? 'shape' : 'accepted' };
  return { seen: resolve(result.view, buffer), wanted };
}

/** A view with every span replaced by the value it covers. */
function resolve(view: MessagesView, buffer: Uint8Array) {
  const value = ({ start, end }: ByteSpan): unknown => JSON.parse(Buffer.from(buffer.subarray(start, end)).toString());
  const { modelSpan, media, hasImage, thinking, toolChoice } = view;
  return {
    model: value(modelSpan) === view.model ? view.model : modelSpan,
    stream: view.stream,
    maxTokens: view.maxTokens,
    thinking: thinking && { type: thinking.type, budgetTokens: thinking.budgetTokens },
    tools: view.tools.map(({ name, type }) => ({ name, type })),
    toolChoice: toolChoice && { type: toolChoice.type, name: toolChoice.name },
    metadataUserId: view.metadataUserId,
    messages: view.messages.map(value),
    roles: view.messages.map(({ role }) => role),
    system: view.system === undefined ? undefined : value(view.system),
    images: hasImage === media.images > 0 ? media.images : hasImage,
    bytes: view.bytes,
  };
}

/** Whether JSON.parse accepts the bytes with the inside of every string blanked. */
const structureIsJson = (buffer: Uint8Array): boolean =>
  parse(
    Buffer.from(
      Buffer.from(buffer)
        .toString('utf8')
        .replaceAll(/"(?:[^"\\]|\\[\s\S])*"/g, '"x"'),
    ),
  ) !== undefined;

const edit = fc.tuple(
  fc.nat(),
  fc.constantFrom('replace', 'insert', 'remove', 'cut'),
  fc.oneof(
    fc.constantFrom(
      ...Array.from('{}[],:"\\ \n0123456789-+.eEtfnu/\'', (character) => character.charCodeAt(0)),
      0xff,
      0xc3,
      0xef,
      0x00,
      0x1f,
    ),
    fc.nat(255),
  ),
);

function mutate(buffer: Uint8Array, edits: readonly (readonly [number, string, number])[]): Uint8Array {
  let bytes = [...buffer];
  for (const [where, kind, byte] of edits) {
    const at = bytes.length === 0 ? 0 : where % bytes.length;
    if (kind === 'replace') bytes[at] = byte;
    else if (kind === 'insert') bytes.splice(at, 0, byte);
    else if (kind === 'remove') bytes.splice(at, 1);
    else if (where % 7 === 0) bytes = bytes.slice(0, at);
  }
  return Buffer.from(bytes);
}

const agrees = (buffer: Uint8Array): boolean => {
  const { seen, wanted } = compare(buffer);
  return isDeepStrictEqual(seen, wanted);
};

describe('scanMessagesRequest against JSON.parse', () => {
  it('[F1] shows what JSON.parse shows, whatever the layout, key order, escapes, duplicate and unknown keys', { timeout }, () => {
    const accepted = fc.sample(request, 200).filter((buffer) => scanMessagesRequest(buffer).ok);
    expect(accepted.length).toBeGreaterThan(40);
    expect(() => fc.assert(fc.property(request, agrees), runs)).not.toThrow();
  });

  it('[F1] never throws on damaged bodies and accepts none whose structure JSON.parse refuses', { timeout }, () => {
    const damaged = fc.tuple(request, fc.array(edit, { minLength: 1, maxLength: 4 })).map(([buffer, edits]) => mutate(buffer, edits));
    expect(() => fc.assert(fc.property(damaged, agrees), runs)).not.toThrow();
  });

  it('[F1] holds the same guarantee on arbitrary bytes and arbitrary JSON', { timeout }, () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.json().map((json) => Buffer.from(json)),
      fc.string().map((value) => Buffer.from(value)),
    );
    expect(() => fc.assert(fc.property(bytes, agrees), runs)).not.toThrow();
  });
});
