import type { TimeWindow, Weekday } from '@ccproxy/config';

const days: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const dayMinutes = 24 * 60;

/** Day of the week and minute of the day of a moment, in a zone. */
function clockIn(zone: string): (at: number) => { readonly day: number; readonly minute: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const day = days.findIndex((name) => name === parts['weekday']?.toLowerCase());
    return { day, minute: Number(parts['hour']) * 60 + Number(parts['minute']) };
  };
}

/** Times a Date can hold; formatting another one would throw. */
const isMoment = (at: number): boolean => Number.isFinite(at) && Math.abs(at) <= 8.64e15;

/**
 * Compiles a window to a question about a moment (ms since the epoch). A window that ends at or before its begin lasts until the next day
 * and belongs to the day on which it began. `zone` stands in for a window without one; throws RangeError for a zone that does not exist.
 */
export function compileTime(window: TimeWindow, zone: string): (at: number) => boolean {
  const clock = clockIn(window.zone ?? zone);
  const [from, to] = [window.from ?? 0, window.to ?? dayMinutes];
  const on = new Set((window.days ?? days).map((day) => days.indexOf(day)));
  return (at) => {
    if (!isMoment(at)) return false;
    const { day, minute } = clock(at);
    if (from < to) return on.has(day) && minute >= from && minute < to;
    return (on.has(day) && minute >= from) || (on.has((day + 6) % 7) && minute < to);
  };
}
