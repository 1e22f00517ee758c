import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, type InFlightPlace, InFlightTable } from './in-flight-table.js';

describe('InFlightTable', () => {
  it('[C20] finds the newest member that is the same, until it is taken out', () => {
    const table = new InFlightTable<string>();
    const places = [table.add(1, 'a'), table.add(1, 'b'), table.add(257, 'c')];
    expect(table.find(1, () => true)).toBe('b');
    expect(table.find(1, (member) => member === 'a')).toBe('a');
    expect(table.find(2, () => true)).toBeUndefined();
    expect(table.find(257, () => true)).toBe('c');
    for (const place of places) table.remove(place);
    expect([table.find(1, () => true), table.find(257, () => true)]).toEqual([undefined, undefined]);
  });

  it('[C20] holds exactly those that were added and not taken out', () => {
    const property = fc.property(fc.array(fc.record({ add: fc.boolean(), which: fc.nat(600) }), { maxLength: 300 }), (steps) => {
      const table = new InFlightTable<number>();
      const present = new Map<number, InFlightPlace<number>>();
      for (const { add, which } of steps) {
        const place = present.get(which);
        if (add && place === undefined) present.set(which, table.add(which, which));
        if (!add && place !== undefined) {
          table.remove(place);
          present.delete(which);
        }
      }
      return Array.from({ length: 601 }, (_, which) => which).every(
        (which) => (table.find(which, () => true) === which) === present.has(which),
      );
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 300 }))).toBeUndefined();
  });
});

describe('fingerprintOf', () => {
  it('[C20] is the same for equal bodies of any length and nearly never for others', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const [one, other] = [Buffer.from(bytes), Buffer.from(bytes)];
      return fingerprintOf(one) === fingerprintOf(other) && fingerprintOf(one) >= 0;
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 500 }))).toBeUndefined();
    const bodies = Array.from({ length: 1000 }, (_, index) => Buffer.from(`{"messages":[{"content":"${'x'.repeat(index)}"}]}`));
    expect(new Set(bodies.map(fingerprintOf)).size).toBeGreaterThan(990);
  });
});
