import { FakeClock } from '@ccproxy/kernel/testing';
import { describe, expect, it } from 'vitest';
import { Watchdog } from './watchdog.js';

const make = () => {
  const clock = new FakeClock();
  const fired: string[] = [];
  const watchdog = new Watchdog(clock, { connect: 5, firstByte: 100, idle: 20, total: 1000 }, (expiry, ms) =>
    fired.push(`${expiry} ${ms}`),
  );
  return { clock, fired, watchdog };
};

describe('Watchdog', () => {
  it('limits connecting', () => {
    const { clock, fired } = make();
    clock.advance(4);
    expect(fired).toEqual([]);
    clock.advance(1);
    expect(fired).toEqual(['connect 5']);
    expect(clock.pending).toBe(0);
  });

  it('limits the wait for the first byte from the moment the request is sent', () => {
    const { clock, fired, watchdog } = make();
    clock.advance(3);
    watchdog.connected();
    clock.advance(99);
    expect(fired).toEqual([]);
    clock.advance(1);
    expect(fired).toEqual(['firstByte 100']);
  });

  it('limits silence between bytes, with a shorter limit than the first', () => {
    const { clock, fired, watchdog } = make();
    watchdog.connected();
    clock.advance(10);
    watchdog.data();
    clock.advance(15);
    watchdog.data();
    clock.advance(19);
    expect(fired).toEqual([]);
    clock.advance(1);
    expect(fired).toEqual(['idle 20']);
  });

  it('does not blame the provider while the reader holds the call back, but the whole has an end', () => {
    const { clock, fired, watchdog } = make();
    watchdog.connected();
    watchdog.data();
    watchdog.pause();
    clock.advance(500);
    expect(fired).toEqual([]);
    watchdog.resume();
    clock.advance(19);
    expect(fired).toEqual([]);
    watchdog.pause();
    clock.advance(481);
    expect(fired).toEqual(['total 1000']);
  });

  it('leaves no timer behind', () => {
    const { clock, watchdog } = make();
    watchdog.connected();
    watchdog.data();
    watchdog.stop();
    expect(clock.pending).toBe(0);
  });
});
