const FIRST_MS = 25;
const LONGEST_MS = 250;

/**
 * Pause before the next look at a daemon that is starting, ms: doubling from 25 to 250, each between half and all of it.
 * Short at first because a start takes some hundred milliseconds; spread so that waiting clients do not come in step.
 * `attempt` counts from 0; `random` returns [0, 1).
 */
export const retryPause = (attempt: number, random: () => number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10)) * (0.5 + random() / 2);
