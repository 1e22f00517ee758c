import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeEntry, openEntry } from './ledger-entry.js';
import { journalLine, readJournal } from './journal-line.js';
import { sampleClose, sampleOpen } from './testing/sample-rows.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? '1');
const numRuns = Math.ceil(10_000 * scale);

const anyText = fc.string({ unit: 'binary', maxLength: 20 });
const entry = fc.oneof(
  fc.record({ kind: fc.constant('o' as const), id: anyText, model: anyText }),
  fc.record({ kind: fc.constant('c' as const), id: anyText, model: anyText }),
);
const asItIs = (text: string): string => text;
const journal = fc.array(entry, { minLength: 1, maxLength: 6 }).map((entries) =>
  entries.map(({ kind, id, model }) => {
    const columns =
      kind === 'o' ? openEntry(sampleOpen(id, { model }), 0, asItIs) : closeEntry(id, sampleClose({ stopReason: model }), 0, asItIs);
    const json = JSON.stringify(columns);
    return { kind, json, bytes: Buffer.from(journalLine(kind, json)) };
  }),
);
const read = (bytes: Buffer): string[] => [...readJournal(bytes, 'o'), ...readJournal(bytes, 'c')];
const ordered = (lines: readonly { kind: string; json: string }[]): string[] =>
  ['o', 'c'].flatMap((kind) => lines.filter((line) => line.kind === kind).map((line) => line.json));

describe('readJournal', () => {
  it('[C17] a journal cut at any byte gives every entry before the cut and nothing else', () => {
    fc.assert(
      fc.property(journal, fc.nat(), (lines, seed) => {
        const bytes = Buffer.concat(lines.map((line) => line.bytes));
        const cut = seed % (bytes.length + 1);
        let end = 0;
        // The line end itself may be missing: the checksum says that the entry is whole.
        const whole = lines.filter((line) => (end += line.bytes.length) - 1 <= cut);
        expect(read(bytes.subarray(0, cut))).toEqual(ordered(whole));
      }),
      { numRuns },
    );
  });

  it('a changed byte costs at most the entries it touches, and never makes one up', () => {
    fc.assert(
      fc.property(journal, fc.nat(), fc.integer({ min: 1, max: 255 }), (lines, seed, flip) => {
        const bytes = Buffer.concat(lines.map((line) => line.bytes));
        const at = seed % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at);
        const found = read(bytes);
        const all = ordered(lines);
        expect(found.filter((json) => !all.includes(json))).toEqual([]);
        expect(found.length).toBeGreaterThanOrEqual(lines.length - 2);
      }),
      { numRuns },
    );
  });

  it('any bytes are read without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(read(Buffer.from(bytes))).toEqual([]);
      }),
      { numRuns },
    );
  });

  it.for([['{}'], ['[1,2]'], ['[]'], ['not json'], [`[${'{},'.repeat(15)}{}]`]] as const)('passes over the foreign line %s', ([json]) => {
    expect(read(Buffer.from(journalLine('o', json)))).toEqual([]);
  });
});
