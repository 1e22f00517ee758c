import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.js';

const make = () => {
  const states: string[] = [];
  const circuit = new CircuitBreaker({ failures: 5, open: 10_000, onChange: (state) => states.push(state) });
  const fail = (now: number): void => {
    const ticket = circuit.take(now);
    circuit.failed(ticket, now);
    circuit.released(ticket);
  };
  return { circuit, states, fail };
};

describe('CircuitBreaker', () => {
  it('[C9] opens after five failures in a row, and a success between them starts the count anew', () => {
    const { circuit, fail } = make();
    for (let count = 0; count < 4; count += 1) fail(0);
    circuit.succeeded(circuit.take(0));
    for (let count = 0; count < 4; count += 1) fail(0);
    expect(circuit.state).toBe('closed');
    fail(0);
    expect(circuit.state).toBe('open');
    expect(circuit.take(9999)).toBe(0);
    expect(circuit.wait(4000)).toBe(6000);
  });

  it('[C9] opens when more than half of the last 20 failed', () => {
    const { circuit, fail } = make();
    for (let count = 0; count < 10; count += 1) {
      fail(0);
      circuit.succeeded(circuit.take(0));
    }
    expect(circuit.state).toBe('closed');
    fail(0);
    fail(0);
    expect(circuit.state).toBe('open');
  });

  it('[C9] lets one probe through after the pause; its success closes, its failure doubles the pause up to a minute', () => {
    const { circuit, states, fail } = make();
    for (let count = 0; count < 5; count += 1) fail(0);
    const probe = circuit.take(10_000);
    expect(probe).toBeGreaterThan(1);
    expect(circuit.take(10_000)).toBe(0);
    expect(circuit.wait(10_000)).toBe(1000);
    circuit.failed(probe, 10_000);
    circuit.released(probe);
    expect([circuit.take(29_999), circuit.wait(10_000)]).toEqual([0, 20_000]);
    let now = 30_000;
    for (let count = 0; count < 5; count += 1) {
      fail(now);
      now += circuit.wait(now);
    }
    expect(circuit.wait(now - 60_000)).toBe(60_000);
    const second = circuit.take(now);
    circuit.succeeded(second);
    circuit.released(second);
    expect(circuit.state).toBe('closed');
    expect(circuit.wait(now)).toBe(0);
    expect(states.slice(0, 4)).toEqual(['open', 'half-open', 'open', 'half-open']);
    expect(states.at(-1)).toBe('closed');
  });

  it('[C9] a probe whose client left makes room for the next, and late calls of before decide nothing', () => {
    const { circuit, fail } = make();
    const late = circuit.take(0);
    for (let count = 0; count < 5; count += 1) fail(0);
    const probe = circuit.take(10_000);
    circuit.succeeded(late);
    circuit.failed(late, 10_000);
    circuit.released(late);
    expect(circuit.take(10_000)).toBe(0);
    circuit.released(probe);
    const next = circuit.take(10_000);
    expect(next).toBeGreaterThan(probe);
    circuit.succeeded(next);
    expect(circuit.state).toBe('closed');
  });

  it('[C9] whatever happens, at most one probe is on its way and every wait is bounded', () => {
    const step = fc.record({ kind: fc.constantFrom('take', 'ok', 'fail', 'release', 'time'), at: fc.nat(7), ms: fc.nat(30_000) });
    const property = fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const circuit = new CircuitBreaker({ failures: 2, open: 1000 });
      const open: number[] = [];
      let now = 0;
      for (const { kind, at, ms } of steps) {
        const ticket = open[at % Math.max(1, open.length)];
        if (kind === 'time') now += ms;
        else if (kind === 'take') {
          const taken = circuit.take(now);
          if (taken !== 0) open.push(taken);
        } else if (ticket !== undefined) {
          if (kind === 'ok') circuit.succeeded(ticket);
          else if (kind === 'fail') circuit.failed(ticket, now);
          circuit.released(ticket);
          open.splice(open.indexOf(ticket), 1);
        }
        if (circuit.wait(now) > 60_000) return false;
        if (open.filter((each) => each > 1).length > 1) return false;
      }
      return true;
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 1000 }))).toBeUndefined();
  });
});
