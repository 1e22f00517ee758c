import { FakeClock } from '@ccproxy/kernel/testing';
import { createCalibration } from '@ccproxy/tokens';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversations, type Turn } from './conversations.js';

const rules = {};
const turn = (messages: number, estimate: number, rest: Partial<Turn> = {}): Turn => ({
  key: 'k',
  session: true,
  rules,
  model: 'm',
  messages,
  estimate,
  ...rest,
});
const minute = 60_000;
const usage = { inputTokens: 100, cacheReadTokens: 10_000, cacheCreationTokens: 900, outputTokens: 7 };
const world = (options: Partial<ConstructorParameters<typeof Conversations>[0]> = {}) => {
  const clock = new FakeClock();
  const conversations = new Conversations({ clock, ...options });
  const look = (of: Turn, begins = true) => conversations.look(of, createCalibration({ capacity: 1 }), () => begins);
  return { clock, conversations, look };
};

describe('Conversations', () => {
  it('[C8] knows the tokens of what was answered, and estimates only what was added', () => {
    const { conversations, look } = world();
    expect(look(turn(1, 12_000))).toBeUndefined();
    conversations.answered(turn(1, 12_000), 'local', usage, false);
    expect(look(turn(3, 14_000))).toMatchObject({ tokens: { estimate: 13_000, exact: false }, previousInput: 100 });
    // 2000 estimated tokens of 13,000, wrong by a fifth at most.
    expect(look(turn(3, 14_000))?.tokens?.margin).toBeCloseTo(400 / 13_000 + 0.005);
    expect(look(turn(1, 12_000))?.tokens).toEqual({ estimate: 11_000, exact: false, by: 'turn', margin: 0.005 });
    expect(look(turn(3, 11_000))?.tokens).toBeUndefined();
    conversations.answered(turn(5, 15_000), 'local', undefined, false);
    expect(look(turn(7, 16_000))).toMatchObject({ tokens: undefined, conversation: { cachedTokens: 0 } });
  });

  it('[C8] goes on from an exact count', () => {
    const { conversations, look } = world();
    conversations.counted(turn(1, 12_000), 10_000);
    expect(look(turn(3, 12_500))).toMatchObject({ tokens: { estimate: 10_500 }, conversation: undefined });
    conversations.answered(turn(3, 12_500), 'local', usage, false);
    conversations.counted(turn(5, 13_000), 11_400);
    expect(look(turn(7, 13_100))).toMatchObject({ tokens: { estimate: 11_500 }, conversation: { target: 'local' }, previousInput: 100 });
  });

  it('[C23] binds a conversation to the target that answered it last', () => {
    const { conversations, look } = world();
    conversations.answered(turn(1, 100), 'local', usage, false);
    expect(look(turn(3, 200))?.conversation).toEqual({ target: 'local', turnBegins: true, cachedTokens: 11_000 });
    expect(look(turn(3, 200), false)?.conversation).toMatchObject({ turnBegins: false });
    conversations.answered(turn(3, 200), 'long', usage, false);
    expect(look(turn(5, 300))?.conversation?.target).toBe('long');
  });

  it('[C23] does not bind what is another conversation, other rules, or another model', () => {
    const { conversations, look } = world();
    conversations.answered(turn(3, 100), 'local', usage, false);
    expect(look(turn(5, 100, { key: 'other' }))).toBeUndefined();
    expect(look(turn(2, 100))).toBeUndefined();
    expect(look(turn(5, 100, { model: 'another' }))?.conversation).toBeUndefined();
    expect(look(turn(5, 100, { rules: {} }))?.conversation).toBeUndefined();
    expect(look(turn(3, 100))?.conversation).toBeDefined();
    expect(look(turn(3, 100, { session: false }))?.conversation).toBeUndefined();
    expect(look(turn(5, 100, { session: false }))?.conversation).toBeDefined();
  });

  it('[C23] binds no new turn once the cache is gone; a turn that goes on stays where it is', () => {
    const { clock, conversations, look } = world();
    conversations.answered(turn(1, 100), 'local', usage, false);
    clock.advance(5 * minute + 1);
    expect(look(turn(3, 200))?.conversation).toBeUndefined();
    expect(look(turn(3, 200), false)?.conversation).toEqual({ target: 'local', turnBegins: false, cachedTokens: 0 });
    conversations.answered(turn(1, 100), 'local', usage, true);
    clock.advance(59 * minute);
    expect(look(turn(3, 200))?.conversation).toMatchObject({ cachedTokens: 11_000 });
    clock.advance(2 * minute);
    expect(look(turn(3, 200))?.conversation).toBeUndefined();
  });

  it('[C5] is bounded in number and age, and cleaned without traffic', () => {
    const { clock, conversations } = world({ capacity: 100, maxAgeMs: 60 * minute });
    for (let index = 0; index < 1000; index++) conversations.answered(turn(1, 1, { key: `${index}` }), 't', usage, false);
    expect(conversations.size).toBe(100);
    clock.advance(80 * minute);
    expect(conversations.size).toBe(0);
    expect(clock.pending).toBe(0);
    conversations.answered(turn(1, 1), 't', usage, false);
    expect(clock.pending).toBe(1);
    conversations.stop();
    expect([conversations.size, clock.pending]).toEqual([0, 0]);
  });

  it('[C8] an estimate with its margin always covers the truth when the added part is right within a fifth', () => {
    fc.assert(
      fc.property(fc.nat(200_000), fc.nat(50_000), fc.double({ min: 0.81, max: 1.19, noNaN: true }), (known, added, error) => {
        const { conversations, look } = world();
        conversations.answered(turn(1, 1000), 't', { inputTokens: known }, false);
        const { estimate, margin = 1 } = look(turn(3, 1000 + added))?.tokens ?? { estimate: 0 };
        const truth = known + added * error;
        expect(Math.abs(truth - estimate)).toBeLessThanOrEqual(estimate * margin + 1);
      }),
      { numRuns: 500 },
    );
  });
});
