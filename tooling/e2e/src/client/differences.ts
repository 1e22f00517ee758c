import type { Observation, SeenRequest, SeenRun } from './normalise.ts';

/** Where two observations differ, a line each; the texts are too long to be shown whole. Empty: they are the same. */
export function differences(direct: Observation, through: Observation): string[] {
  const count = (kind: string, a: readonly unknown[], b: readonly unknown[]): string[] =>
    a.length === b.length ? [] : [`${kind}: ${a.length} directly, ${b.length} through ccproxy`];
  return [
    ...count('requests', direct.requests, through.requests),
    ...direct.requests.flatMap((request, n) => differentRequest(`request ${n + 1}`, request, through.requests[n])),
    ...count('clients', direct.runs, through.runs),
    ...direct.runs.flatMap((run, n) => differentRun(`client ${n + 1}`, run, through.runs[n])),
  ];
}

function differentRequest(where: string, direct: SeenRequest, through: SeenRequest | undefined): string[] {
  if (through === undefined) return [];
  return [
    ...differentText(`${where}, line`, direct.request, through.request),
    ...differentText(`${where}, headers`, direct.headers.join('\n'), through.headers.join('\n')),
    ...differentText(`${where}, body`, direct.body, through.body),
    ...differentText(`${where}, answer`, `${direct.status} ${direct.end}`, `${through.status} ${through.end}`),
  ];
}

function differentRun(where: string, direct: SeenRun, through: SeenRun | undefined): string[] {
  if (through === undefined) return [];
  return [
    ...differentText(`${where}, exit`, `${direct.code} ${direct.signal}`, `${through.code} ${through.signal}`),
    ...differentText(`${where}, stdout`, direct.stdout, through.stdout),
    ...differentText(`${where}, stderr`, direct.stderr, through.stderr),
  ];
}

const before = 60;
const after = 160;

function differentText(where: string, direct: string, through: string): string[] {
  if (direct === through) return [];
  let at = 0;
  while (at < direct.length && direct[at] === through[at]) at++;
  const excerpt = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - before), at + after));
  return [`${where}, at ${at}: directly ${excerpt(direct)}, through ccproxy ${excerpt(through)}`];
}
