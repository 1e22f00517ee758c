import type { TimeWindow } from '@ccproxy/config';
import { groupDigits } from '@ccproxy/kernel';

const longestShown = 80;

export const number = { format: groupDigits };

/** A text of a client in quotes, cut when it is long. */
export const shown = (text: string): string => `"${text.length > longestShown ? `${text.slice(0, longestShown)}…` : text}"`;

export const either = (values: readonly string[]): string => (values.length === 0 ? 'nothing' : values.join(' or '));

const clock = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** A window as `fri 22:00-06:00 Europe/Berlin`. */
export function windowWords({ days, from = 0, to = 24 * 60, zone }: TimeWindow): string {
  return `${days === undefined ? '' : `${days.join(', ')} `}${clock(from)}-${clock(to)}${zone === undefined ? '' : ` ${zone}`}`;
}
