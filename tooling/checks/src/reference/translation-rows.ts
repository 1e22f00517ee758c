import type { Repository } from '../repository.ts';
import { titlesIn } from '../test-titles.ts';

/** What a translation has to get right, in the order of its numbers: the first is TR-1. Tests name what they show in their titles. */
export const translationRows: readonly (readonly [part: string, rows: readonly string[]])[] = [
  [
    'Requests: system, messages, content',
    [
      'a system prompt that is a string',
      'a system prompt of several blocks: all texts, in order, apart',
      'cache marks are taken out',
      "the attribution block of Claude Code is taken out, and left to Anthropic's own API",
      'a system message in the middle of the conversation keeps its place',
      'empty texts are dropped, and no message becomes empty',
      'pictures as base64',
      'pictures by URL: passed, or refused with what to send instead',
      'PDF files: passed, or a note in their place that is named',
      'text documents stand as text',
      'text and calls of the assistant stay one turn',
      'neighbours of the same role',
      'a last message of the assistant (prefill)',
      'thinking another model signed is not sent, least of all as text',
      'models that want their own reasoning back get it with every turn',
      'redacted thinking stays with Anthropic',
      'thinking in a message of the user is ignored',
      "what others signed does not reach Anthropic's API",
      'what Anthropic signed comes back to it byte for byte',
    ],
  ],
  [
    'Requests: tools and their results',
    [
      'a tool becomes a function',
      'members beside the schema stay out of it',
      'a schema without properties, or none',
      'names that are too long: shortened, unique, and given back',
      'names with letters the target refuses',
      'an empty name',
      'which tool to call: any, or one',
      'no tool to be called',
      'one call at a time',
      'a choice the model cannot be told',
      'a call without input',
      'a result that is text stands right behind its call',
      'all results before what the user says',
      'pictures in results do not part calls from results',
      'a failed call is seen as failed',
      'an empty result still answers',
      'documents, search results and tool references in results',
      'a result without its call, a call without its result',
      'odd and long ids, the same in both directions',
      "the web search of Anthropic's servers",
      "a client's own tool of the same name",
      'searches of earlier turns',
    ],
  ],
  [
    'Requests: parameters',
    [
      "the bound of the answer under the target's name",
      'a bound above what the model can',
      'temperature where it is refused',
      'top_p and top_k',
      'stop sequences',
      "the user's id is not passed on",
      'a stream is asked for its counts',
      'budgets and efforts of thinking',
      'thinking switched off',
      'off goes before any effort',
      'budgets that are not legal',
      'structured output',
      'strict only where the schema allows it',
      'priority',
      'what only Anthropic knows stays away',
    ],
  ],
  [
    'Requests: Gemini and Ollama',
    [
      'keywords of JSON Schema that Gemini refuses',
      'references, also to themselves',
      'unions, constants, alternatives',
      'required names that do not exist',
      'properties called like a keyword',
      'results carry the name of the function',
      'calls carry the signature of their thought',
      'arguments as objects, pictures as bare base64',
      'a choice of tools Ollama has no member for',
    ],
  ],
  [
    'Streamed answers: the protocol',
    [
      'one start, with its own id and the model that was asked for',
      'indices without gaps, each block closed',
      'interleaved calls, one behind the other',
      'several calls that all say index 0',
      'a name repeated empty',
      'a name or an id that comes late or never',
      'missing and doubled ids',
      'a call without arguments',
      'arguments sent cumulative or twice',
      'arguments that are no JSON: repaired where that is certain, else an error',
      'text behind a call',
      'content and reason in one chunk',
      'reasoning, text and calls in one chunk',
      'reasoning under any of its names',
      'think tags, wherever they are cut',
      'content in parts',
      'thinking before calls and behind text',
      'a second phase of thinking',
      'thinking nobody signed',
      'encrypted reasoning, carried and restored',
      'what each reason to stop means',
      'a call decides the reason to stop',
      'a call that was cut off is marked',
      'which stop sequence was met',
      'refusals',
      'a reason that comes twice',
      'counts behind the reason',
      'counts before the reason, or with every chunk',
      'nothing behind the end',
      'a chunk without choices',
      'an answer without content',
    ],
  ],
  [
    'Counts',
    [
      'what was read from a cache is counted apart',
      'an estimate at the start, exact numbers at the end',
      'reasoning counts as output',
      'no counts at all: estimates that are known to be',
    ],
  ],
  [
    'Answers: what only one provider does',
    [
      'Gemini blocks a prompt or an answer',
      'reasons Gemini adds one day',
      'signatures that come alone, parts that are empty',
      'a call of Gemini in pieces',
      'a call Gemini could not form',
      'items of the Responses API, each once, however they come',
      'responses that are incomplete or failed',
      'a summary of reasoning in several parts',
      'searches the provider made, with their sources',
      "Ollama's lines and reasons",
      "an error in Ollama's lines, an answer of zeros",
    ],
  ],
  [
    'Errors',
    [
      'status and type of every error',
      'when to come again, and what is left of a limit',
      'a prompt that is too long, in the words Claude Code compacts at',
      'an error inside a stream ends it',
      'an answer without its end is an error',
      'web pages, nothing, and lists as errors',
    ],
  ],
  [
    'On the way',
    [
      'characters cut in two',
      'line ends, comments, missing spaces and blank lines, a BOM',
      'pings while a provider is slow',
      'a client that leaves ends the call to the provider',
      'tokens are counted, whatever the provider says',
      'the list of models',
      'betas and versions reach Anthropic, and nobody else',
      'streamed or whole, the same answer',
    ],
  ],
];

/** The files whose test titles name each row, by its number. Numbers of no row are among them. */
export function filesOfRows(repository: Repository): Map<number, string[]> {
  const found = new Map<number, Set<string>>();
  for (const file of repository.files.filter((name) => /\.test\.ts$|\/testing\/[\w-]+\.ts$/.test(name)))
    for (const [, digits] of titlesIn(repository.read(file)).flatMap((title) => [...title.matchAll(/\bTR-(\d+)\b/g)]))
      found.set(Number(digits), (found.get(Number(digits)) ?? new Set()).add(file));
  return new Map([...found].map(([row, files]) => [row, [...files].toSorted()]));
}

/** Each row with the tests that show it. */
export function renderTranslationRows(repository: Repository): string {
  const files = filesOfRows(repository);
  let number = 0;
  const parts = translationRows.map(([part, rows]) => {
    const lines = rows.map((row) => {
      number += 1;
      return `| TR-${number} | ${row} | ${(files.get(number) ?? []).map(link).join(', ')} |`;
    });
    return `\n## ${part}\n\n| row | what | shown by |\n|---|---|---|\n${lines.join('\n')}\n`;
  });
  const intro =
    'What a translation between the Anthropic API and another has to get right, and the tests that show it: those with the row in their title. `vitest run -t TR-33` runs the tests of one row. Besides these, every answer is tried [cut at any place](../../packages/translate/src/testing/arbitraries.ts), 10,000 times for each API, and recorded answers are judged by a [suite](../guide/translation.md#the-conformance-suite).';
  return `# Rows of the translation\n\n<!-- Generated: \`pnpm docs\`. -->\n\n${intro}\n${parts.join('')}`;
}

function link(file: string): string {
  const [parent = '', member = '', ...rest] = file.split('/');
  const short = rest
    .filter((name) => name !== 'src')
    .join('/')
    .replace(/(?:\.test)?\.ts$/, '');
  return `[${parent === 'tooling' ? `${parent}/` : ''}${member}/${short}](../../${file})`;
}
