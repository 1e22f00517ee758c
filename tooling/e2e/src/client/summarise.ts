import type { Observation, SeenRun } from './normalise.ts';

const longest = 56;
/** Of more clients than these only the exit is told. */
const mostQuoted = 4;

/** An observation in a few words, for the table: what the upstream answered to what, how clients ended, what they said. */
export function summarise({ requests, runs }: Observation): string {
  const asked = requests.map(({ request, status, end }) => {
    const path = request.replace(/^POST \/v1\/|^GET \/v1\//, '').replace(/\?.*$/, '');
    return `${path} ${status ?? 'unanswered'}${end === 'finished' || status === null ? '' : ' cut'}`;
  });
  const ended = runs.map((run) => {
    const how = run.signal ?? `exit ${run.code}`;
    return runs.length > mostQuoted ? how : `${how}: ${said(run)}`;
  });
  return [counted(asked), counted(ended)].filter((part) => part !== '').join('; ');
}

/** `a, a, b` as `2 × a, b`. */
function counted(items: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].map(([item, count]) => (count === 1 ? item : `${count} × ${item}`)).join(', ');
}

/** The result of a JSON run, else the first line that says something. */
function said({ stdout, stderr }: SeenRun): string {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  const results = lines.flatMap((line) => resultOf(line) ?? []);
  const text = (results.at(-1) ?? (lines[0]?.startsWith('{') === true ? '' : lines[0]) ?? '').replace(/\s+/g, ' ').replaceAll('|', '/');
  return text === '' ? 'no answer' : `"${text.length > longest ? `${text.slice(0, longest)}…` : text}"`;
}

function resultOf(line: string): string | undefined {
  const [, text] = /"result":("(?:[^"\\]|\\.)*")/.exec(line) ?? [];
  return text === undefined ? undefined : (JSON.parse(text) as string);
}
