import type { DaemonClient } from '@ccproxy/client/connect';

type DecisionRow = Readonly<Record<string, unknown>>;

/** Rows asked for at once. */
const pageRows = 200;

const idOf = (row: DecisionRow): string => String(row['requestId']);

/** The newest decisions of the daemon, newest first, page by page until there are `count` or `enough` says so of one. */
export async function pastDecisions(
  client: Pick<DaemonClient, 'recentDecisions'>,
  count: number,
  enough: (row: DecisionRow) => boolean = () => false,
): Promise<DecisionRow[]> {
  const rows = new Map<string, DecisionRow>();
  let until: number | undefined;
  for (;;) {
    const page = await client.recentDecisions(Math.min(pageRows, count + 1), until);
    const before = rows.size;
    for (const row of page) if (!rows.has(idOf(row))) rows.set(idOf(row), row);
    const last = page.at(-1)?.['at'];
    // Pages overlap by the rows of one moment; one that brings nothing new is the last.
    if (rows.size >= count || rows.size === before || typeof last !== 'number' || page.some(enough)) break;
    until = last;
  }
  return [...rows.values()].slice(0, count);
}
