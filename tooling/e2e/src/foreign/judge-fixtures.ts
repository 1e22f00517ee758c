import { Anthropic, APIError } from '@anthropic-ai/sdk';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * The official client as the judge of recorded answers: `node judge-fixtures.ts --suite FOLDER --proxy URL --upstream-port N --models api=name,…
 * --token T`. For each recording, what `messages.stream().finalMessage()` gives must equal what `messages.create()` gives: the same message,
 * or an error of the same type. The last line is `N/M pass`.
 */
interface Fixture {
  readonly id: string;
  readonly api: string;
  readonly kind: string;
}
interface Replay {
  close(): Promise<void>;
}
/** What is used of the suite's own library. */
interface Suite {
  loadIndex(folder: string): readonly Fixture[];
  startReplay(options: { readonly port: number; readonly index: readonly Fixture[]; readonly dir: string }): Promise<Replay>;
}

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { suite: text, proxy: text, 'upstream-port': text, models: text, token: text } });
const { suite = '', proxy = '', 'upstream-port': port = '', models = '', token = '' } = values;
const lanes = 6;
const dir = join(suite, 'fixtures');
const modelOf = new Map(models.split(',').map((pair): [string, string] => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']));
const client = new Anthropic({ baseURL: proxy, apiKey: 'dummy', maxRetries: 0, defaultHeaders: { 'x-ccproxy-token': token } });

/** Ids of messages, and of calls that had none, are random; the stream of the client adds a member of its own. */
const timeless = (message: object): string =>
  JSON.stringify({ ...message, parsed_output: undefined }, sortedKeys).replaceAll(/"(?:msg_|toolu_msg|srvtoolu_ccp_msg)[a-z0-9]+/g, '"ID');
const sortedKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** What a call came to: a message, or the type of its error. */
async function outcomeOf(call: () => Promise<object>): Promise<string> {
  try {
    return timeless(await call());
  } catch (error) {
    if (error instanceof APIError) return `error: ${error.type ?? 'none'}`;
    throw error;
  }
}

async function judge({ id, api }: Fixture): Promise<string | undefined> {
  // Both requests have the same length, so that estimates of providers that count nothing are equal.
  const body = (stream: boolean): Anthropic.MessageCreateParamsNonStreaming => ({
    model: modelOf.get(api) ?? '',
    max_tokens: 4096,
    messages: [{ role: 'user', content: `[[fx:${id}|whole|judge]]${stream ? ' ' : ''}.` }],
  });
  const streamed = await outcomeOf(() => client.messages.stream(body(true)).finalMessage());
  const whole = await outcomeOf(() => client.messages.create({ ...body(false), stream: false }));
  return streamed === whole ? undefined : `${id}\n  streamed ${streamed.slice(0, 1500)}\n  whole    ${whole.slice(0, 1500)}`;
}

const library = (await import(pathToFileURL(join(suite, 'lib.mjs')).href)) as Suite;
const all = library.loadIndex(dir);
const fixtures = all.filter(({ api, kind }) => api !== 'anthropic' && modelOf.has(api) && kind !== 'request');
const replay = await library.startReplay({ port: Number(port), index: all, dir });
const failed: string[] = [];
const waiting = [...fixtures];
const lane = async (): Promise<void> => {
  for (let fixture = waiting.shift(); fixture !== undefined; fixture = waiting.shift()) {
    const difference = await judge(fixture);
    if (difference !== undefined) failed.push(difference);
  }
};
await Promise.all(Array.from({ length: lanes }, lane));
await replay.close();
for (const difference of failed) console.log(`FAIL ${difference}`);
console.log(`${fixtures.length - failed.length}/${fixtures.length} pass`);
process.exitCode = failed.length === 0 && fixtures.length > 0 ? 0 : 1;
