import { createRedactor } from '@ccproxy/kernel';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeEntry, entryId, openEntry } from './ledger-entry.js';
import { sampleClose, sampleOpen } from './testing/sample-rows.js';

const asItIs = (text: string): string => text;
const nonsense = [-1, -0.001, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, 1e13];

describe('openEntry', () => {
  it('replaces nonsense numbers and cuts long texts', () => {
    for (const value of nonsense) {
      const entry = openEntry(sampleOpen('a', { attempt: value, bytesIn: value, estimatedTokens: value }), 77, asItIs);
      expect([entry[2], entry[14], entry[15]]).toEqual([1, 0, 0]);
    }
    expect(openEntry(sampleOpen('a', { startedAt: -5 }), 77, asItIs)[3]).toBe(77);
    const long = openEntry(sampleOpen('i'.repeat(1000), { model: '😀'.repeat(1000) }), 77, asItIs);
    expect([long[0].length, long[7].length]).toEqual([256, 256]);
    expect(long[0]).toBe(entryId('i'.repeat(1000)));
  });
});

describe('names from outside', () => {
  const redactor = createRedactor();
  const redact = (text: string): string => redactor.redact(text);
  const key = `sk-ant-api03-${'k'.repeat(40)}`;

  it('[F1] row 35: a key that stands where a name belongs is kept nowhere', () => {
    const names = { model: key, upstreamModel: key, sessionId: key, agentId: key, requestClass: key };
    const entry = openEntry(sampleOpen('a', names), 77, redact);
    expect([7, 8, 10, 11, 12].map((column) => entry[column])).toEqual(Object.keys(names).map(() => '****'));
    expect(JSON.stringify(entry)).not.toContain(key);
    expect(closeEntry('a', sampleClose({ stopReason: key }), 1, redact)[4]).toBe('****');
  });

  it('[F1] row 35: a key is found also where the text is cut', () => {
    for (const before of [200, 230, 250, 4090]) {
      const { length } = 'sk-ant-';
      const entry = openEntry(sampleOpen('a', { model: `${'x'.repeat(before - length)} ${key}` }), 77, redact);
      expect(entry[7]).not.toMatch(/sk-ant-\w/);
    }
  });
});

describe('closeEntry', () => {
  it('[C17] usage that is negative, NaN or absurd is unknown, never zero and never a number', () => {
    for (const value of nonsense) {
      const usage = { inputTokens: value, outputTokens: value, cacheReadTokens: value, cacheCreationTokens: value };
      expect(closeEntry('a', sampleClose({ usage }), 1, asItIs).slice(5, 9)).toEqual([null, null, null, null]);
    }
    expect(closeEntry('a', sampleClose({ usage: {} }), 1, asItIs).slice(5, 9)).toEqual([null, null, null, null]);
    expect(closeEntry('a', sampleClose({ usage: { inputTokens: 0, outputTokens: 1.4 } }), 1, asItIs).slice(5, 7)).toEqual([0, 1]);
  });

  it('a duration that cannot be is replaced by the measured one; no time is negative', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.double({ noNaN: true, min: -10, max: 1e6 }), (durationMs, firstByteMs, measured) => {
        const entry = closeEntry('a', sampleClose({ durationMs, firstByteMs }), measured, asItIs);
        expect(entry[10]).toBeGreaterThanOrEqual(0);
        expect(entry[9] === null || entry[9] >= 0).toBe(true);
        expect(JSON.parse(JSON.stringify(entry))).toHaveLength(12);
      }),
    );
    expect(closeEntry('a', sampleClose({ durationMs: -3_600_000 }), 42, asItIs)[10]).toBe(42);
  });
});
