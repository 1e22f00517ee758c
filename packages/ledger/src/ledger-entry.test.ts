import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeEntry, entryId, openEntry } from './ledger-entry.js';
import { sampleClose, sampleOpen } from './testing/sample-rows.js';

const nonsense = [-1, -0.001, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, 1e13];

describe('openEntry', () => {
  it('replaces nonsense numbers and cuts long texts', () => {
    for (const value of nonsense) {
      const entry = openEntry(sampleOpen('a', { attempt: value, bytesIn: value, estimatedTokens: value }), 77);
      expect([entry[2], entry[14], entry[15]]).toEqual([1, 0, 0]);
    }
    expect(openEntry(sampleOpen('a', { startedAt: -5 }), 77)[3]).toBe(77);
    const long = openEntry(sampleOpen('i'.repeat(1000), { model: '😀'.repeat(1000) }), 77);
    expect([long[0].length, long[7].length]).toEqual([256, 256]);
    expect(long[0]).toBe(entryId('i'.repeat(1000)));
  });
});

describe('closeEntry', () => {
  it('[C17] usage that is negative, NaN or absurd is unknown, never zero and never a number', () => {
    for (const value of nonsense) {
      const usage = { inputTokens: value, outputTokens: value, cacheReadTokens: value, cacheCreationTokens: value };
      expect(closeEntry('a', sampleClose({ usage }), 1).slice(5, 9)).toEqual([null, null, null, null]);
    }
    expect(closeEntry('a', sampleClose({ usage: {} }), 1).slice(5, 9)).toEqual([null, null, null, null]);
    expect(closeEntry('a', sampleClose({ usage: { inputTokens: 0, outputTokens: 1.4 } }), 1).slice(5, 7)).toEqual([0, 1]);
  });

  it('a duration that cannot be is replaced by the measured one; no time is negative', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.double({ noNaN: true, min: -10, max: 1e6 }), (durationMs, firstByteMs, measured) => {
        const entry = closeEntry('a', sampleClose({ durationMs, firstByteMs }), measured);
        expect(entry[10]).toBeGreaterThanOrEqual(0);
        expect(entry[9] === null || entry[9] >= 0).toBe(true);
        expect(JSON.parse(JSON.stringify(entry))).toHaveLength(12);
      }),
    );
    expect(closeEntry('a', sampleClose({ durationMs: -3_600_000 }), 42)[10]).toBe(42);
  });
});
