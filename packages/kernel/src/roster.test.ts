import { array, assert, boolean, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Roster } from './roster.js';

describe('Roster', () => {
  it('knows who is present, in the order of arrival', () => {
    const roster = new Roster<string>();
    const [a, , c] = ['a', 'b', 'c'].map((name) => roster.add(name));
    expect([roster.size, roster.members()]).toEqual([3, ['a', 'b', 'c']]);
    a?.();
    a?.();
    expect([roster.size, roster.members()]).toEqual([2, ['b', 'c']]);
    c?.();
    roster.add('d');
    expect(roster.members()).toEqual(['b', 'd']);
  });

  it('does what a Set would do, whoever comes and goes', () => {
    const check = property(array(tuple(boolean(), nat(20))), (steps) => {
      const roster = new Roster<object>();
      const model = new Map<object, () => void>();
      for (const [comes, index] of steps) {
        const member = [...model.keys()][index];
        if (comes) {
          const fresh = {};
          model.set(fresh, roster.add(fresh));
        } else if (member !== undefined) {
          model.get(member)?.();
          model.delete(member);
        }
        const present = [...model.keys()];
        if (roster.size !== present.length || roster.members().some((each, at) => each !== present[at])) return false;
      }
      return true;
    });
    expect(() => assert(check, { numRuns: 2000 })).not.toThrow();
  });
});
