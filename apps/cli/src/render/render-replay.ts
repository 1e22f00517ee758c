import { groupDigits } from '@ccproxy/kernel';
import type { Replay } from '@ccproxy/router';
import { renderTable } from './render-table.js';

const shownMoves = 20;
const count = (value: number, noun: string): string => `${groupDigits(value)} ${noun}${value === 1 ? '' : 's'}`;

/** How often each way is taken: `background: default -> local`, most often first. */
function ways(moved: Replay['moved']): string[][] {
  const tally = new Map<string, { readonly row: readonly string[]; requests: number; tokens: number }>();
  for (const { from, to, tokens } of moved) {
    const key = `${from.target} ${to.route} ${to.target}`;
    const entry = tally.get(key) ?? { row: [`  ${to.route}`, `${from.target} -> ${to.target}`], requests: 0, tokens: 0 };
    entry.requests += 1;
    entry.tokens += tokens;
    tally.set(key, entry);
  }
  return [...tally.values()]
    .toSorted((a, b) => b.requests - a.requests)
    .slice(0, shownMoves)
    .map(({ row, requests, tokens }) => [...row, count(requests, 'request'), count(tokens, 'token')]);
}

/** What another configuration would have done with past requests, as text. */
export function renderReplay(replay: Replay): string {
  const { requests, moved, refused, undecided, movedTokens, lostCacheTokens, sparedChanges } = replay;
  const unknown = Object.entries(undecided);
  const lines = [
    `${groupDigits(moved.length)} of ${count(requests, 'request')} would go elsewhere.`,
    ...(moved.length === 0 ? [] : [renderTable(ways(moved))]),
    `tokens that would go elsewhere: ${groupDigits(movedTokens.input)} input, ${groupDigits(movedTokens.output)} output`,
    `prompt cache: ${count(lostCacheTokens, 'token')} read from a cache would have to be sent anew; ${count(sparedChanges, 'change')} of target within a conversation would not happen`,
  ];
  if (refused.length > 0) {
    lines.push(`${count(refused.length, 'request')} would be refused, for example: ${refused[0]?.because ?? ''}`);
  }
  for (const [rule, times] of unknown) lines.push(`${count(times, 'request')} cannot be told: the log does not hold what ${rule} asks`);
  return lines.join('\n');
}
