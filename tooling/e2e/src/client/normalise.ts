import type { LoggedRequest } from '@ccproxy-internal/test-kit';

/** A request as the upstream got it, ready to be compared with that of another run. */
export interface SeenRequest {
  /** Method and URL. */
  readonly request: string;
  /** `name: value`, in wire order. */
  readonly headers: readonly string[];
  /** The bytes of the body as text. */
  readonly body: string;
  /** Status the upstream answered, null for none, and whether its answer was taken to the end. */
  readonly status: number | null;
  readonly end: 'finished' | 'closed-early';
}

export interface SeenRun {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One of the two runs of a comparison: what the upstream received and what the client printed. */
export interface Observation {
  readonly requests: readonly SeenRequest[];
  readonly runs: readonly SeenRun[];
}

/**
 * Headers that belong to a connection, not to a request; the length is that of the body, which is compared itself. `accept-encoding` is here
 * because the gateway asks for uncompressed answers on purpose; a test of its own looks at it.
 */
const connectionHeaders: ReadonlySet<string> = new Set(['host', 'connection', 'content-length', 'accept-encoding']);

/** What is random or a time in any run, each with the name it gets. Numbered in order of appearance, so that equal values stay equal. */
const random: readonly (readonly [name: string, pattern: RegExp])[] = [
  // Session, prompt, message and line ids.
  ['uuid', /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g],
  // Ids the fake upstream makes up for messages, tool calls and requests.
  ['id', /\b(?:msg|toolu)_fake[0-9a-f]{20}\b|\breq_fake\d{8}\b/g],
  // Background agents and tasks of the client.
  ['agent', /\ba[0-9a-f]{16}\b/g],
  // The end of the version in the billing block: different in each conversation.
  ['build', /(?<=cc_version=\d+\.\d+\.\d+\.)[0-9a-f]{3}\b/g],
];

/** Times of day, and how long something took, in what the client prints. */
const printedTimes: readonly (readonly [replacement: string, pattern: RegExp])[] = [
  ['<time>', /\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g],
  ['$1<ms>', /("(?:\w+_ms|durationMs|durationSeconds|totalDurationMs)":)\d+(?:\.\d+)?/g],
  ['"runId":"<run>"', /"runId":"[0-9a-z]+-[0-9a-f]{8}"/g],
  // Where the API is: the upstream directly, the gateway through it.
  ['127.0.0.1:<port>', /\b127\.0\.0\.1:\d+\b/g],
  // The client's own socket is named after its pid.
  ['<pid>.sock', /\b\d+\.sock\b/g],
];

/** The same in what it sends: the day it names in the first message, and how long tools and subagents took. */
const sentTimes: readonly (readonly [replacement: string, pattern: RegExp])[] = [
  ['$1<date>', /(Today's date is )20\d\d-\d\d-\d\d/g],
  ['$1<ms>', /(duration_ms(?:>|: ))\d+/g],
  ['$1<ms>', /((?:^x-claude-code-prev-tool-durations: |(?<=^x-claude-code-prev-tool-durations: .*);)\w+=)\d+/gi],
];

const replaceAll = (text: string, rules: readonly (readonly [string, RegExp])[]): string =>
  rules.reduce((result, [replacement, pattern]) => result.replace(pattern, replacement), text);

/** Makes the texts of one observation comparable; ids are numbered across all of them. */
function createNormaliser(): (text: string) => string {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  const nameOf = (kind: string, value: string): string => {
    const known = names.get(value);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const name = `<${kind}-${count}>`;
    names.set(value, name);
    return name;
  };
  return (text) => random.reduce((result, [kind, pattern]) => result.replace(pattern, (value) => nameOf(kind, value)), text);
}

/**
 * Everything two runs may legitimately differ in is taken out here, and nowhere else: the headers of the connection, random ids, times.
 * Anything that differs afterwards was changed on the way.
 */
export function normalise(requests: readonly LoggedRequest[], runs: readonly SeenRun[]): Observation {
  const clean = createNormaliser();
  const sent = (text: string): string => replaceAll(clean(text), sentTimes);
  const printed = (text: string): string => replaceAll(clean(text), printedTimes);
  return {
    requests: requests.map((entry) => ({
      request: clean(`${entry.method} ${entry.url}`),
      headers: entry.headers
        .filter(([name]) => !connectionHeaders.has(name.toLowerCase()))
        .map(([name, value]) => sent(`${name}: ${value}`)),
      body: sent(entry.rawBody.toString('utf8')),
      status: entry.status,
      end: entry.end,
    })),
    runs: runs.map((run) => ({ ...run, stdout: printed(run.stdout), stderr: printed(run.stderr) })),
  };
}
