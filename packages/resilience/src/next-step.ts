import type { RetryConfig } from '@ccproxy/config';
import { backoffDelay } from '@ccproxy/kernel';
import { classRules, type Verdict } from './error-class.js';

/** What is done after a failure. */
export type Step =
  /** The same target is asked again after `delay` ms. */
  | { readonly kind: 'repeat'; readonly delay: number }
  /** The next target of that list is asked. */
  | { readonly kind: 'next'; readonly list: 'fallback' | 'contextWindow' | 'contentPolicy' }
  /** The client gets the failure. */
  | { readonly kind: 'stop' };

/** Where the request stands. */
export interface Situation {
  /** The credential is the provider's own, not the client's. */
  readonly ownKey: boolean;
  /** Another key of the provider is free. */
  readonly otherKey: boolean;
  /** Whether there is a further target of that list. */
  readonly has: (list: 'fallback' | 'contextWindow' | 'contentPolicy') => boolean;
  /** Repetitions made at this target, and how many there may be. */
  readonly repeats: number;
  readonly attempts: number;
  readonly retry: RetryConfig;
  /** Takes a repetition from the provider's budget. */
  readonly budget: () => boolean;
  /** [0, 1) */
  readonly random: () => number;
}

const stop: Step = { kind: 'stop' };

/**
 * Decides what follows a failure that happened before anything went to the client: another key at once, the same target after a wait,
 * another target, or the end. Pure but for `budget` and `random`.
 */
export function nextStep(verdict: Verdict, situation: Situation): Step {
  const rule = classRules[verdict.class];
  // The client's own credential is the client's matter: it refreshes its login itself when it sees the 401.
  if (rule.next === 'none' || (verdict.class === 'auth' && !situation.ownKey)) return stop;
  if (rule.next !== 'fallback') return situation.has(rule.next) ? { kind: 'next', list: rule.next } : stop;
  const left = situation.repeats < situation.attempts;
  if (rule.otherKey && situation.ownKey && situation.otherKey && left && situation.budget()) return { kind: 'repeat', delay: 0 };
  const hasNext = situation.has('fallback');
  // Who is told to wait rather asks somebody else, when there is somebody.
  if (verdict.class === 'rate' && hasNext) return { kind: 'next', list: 'fallback' };
  const delay = waitOf(verdict, situation);
  if (verdict.repeatable && left && delay <= situation.retry.maxDelay && situation.budget()) return { kind: 'repeat', delay };
  return hasNext ? { kind: 'next', list: 'fallback' } : stop;
}

/** Full jitter; on top of what the provider asks for. */
function waitOf({ retryAfter = 0 }: Verdict, { repeats, retry, random }: Situation): number {
  const { baseDelay, maxDelay } = retry;
  return retryAfter + backoffDelay({ attempt: repeats, baseMs: baseDelay, capMs: Math.max(0, maxDelay - retryAfter), random });
}
