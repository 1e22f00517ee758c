import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** ms; generous by default, a wait that succeeds ends at once */
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
  /** What is waited for, for the error's sentence. */
  readonly what?: string;
}

/**
 * Asks `condition` again and again until it answers something truthy, and returns that.
 * A condition that throws counts as "not yet"; its last error is the cause of the timeout's error.
 */
export async function waitFor<T>(condition: () => T | Promise<T>, options: WaitOptions = {}): Promise<NonNullable<T>> {
  const { timeoutMs = 20_000, intervalMs = 20, what = 'the condition' } = options;
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) throw new Error(`${what} did not come true within ${timeoutMs} ms`, { cause });
    await sleep(intervalMs);
  }
}
