import type { RequestClass } from '@ccproxy/config';
import type { MessagesView } from '@ccproxy/wire';
import { namedClass } from './guess-class.js';
import { viewFacts } from './read-facts.js';
import type { RequestFacts } from './request-facts.js';

/** What is known of a request when its decision is recorded. */
export interface RecordedRequest {
  readonly facts: RequestFacts;
  readonly view: MessagesView;
  readonly project: string | undefined;
  readonly user: string | undefined;
  /** ms since the epoch */
  readonly at: number;
}

/** Names of tools kept of one request: more of them in each of thousands of records are not worth their room. */
const mostNames = 128;

const kept = (names: readonly string[]): readonly string[] =>
  names.length > mostNames ? [...names.slice(0, mostNames), `… (${names.length} items)`] : names;

/**
 * The features of a request for the decision log: those its rules read, and all that cost nothing, so that other rules can be tried on it
 * later. Never a prompt, a header or a system text: of these only which patterns of the rules fitted.
 */
export function recordedFacts({ facts, view, project, user, at }: RecordedRequest): RequestFacts {
  const { declaredTools, ...cheap } = viewFacts(view);
  const { declaredTools: read = declaredTools, legacy, usedTools, ...others } = facts;
  // The log cuts what is long: lists stand last, so that they are what is cut, and say so in the words of the log.
  return {
    ...cheap,
    project: project ?? null,
    user: user ?? null,
    at,
    ...others,
    ...(usedTools === undefined ? {} : { usedTools: kept(usedTools) }),
    ...(read === undefined ? {} : { declaredTools: kept(read) }),
    ...(legacy === undefined ? {} : { legacy: { ...legacy, toolNames: kept(legacy.toolNames) } }),
  };
}

type Fields = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
/** The log cuts long lists and says so in their last entry: such a list is not known. */
function names(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((each) => typeof each === 'string');
  return texts.length === value.length && texts.at(-1)?.startsWith('… (') !== true ? texts : undefined;
}
const fields = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('…' in value) ? (value as Fields) : undefined;
const nullable = <T>(value: unknown, read: (value: unknown) => T | undefined): T | null | undefined =>
  value === null ? null : read(value);
const number = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

/** Known only with all of its names. */
function legacyOf(value: unknown): Fields | undefined {
  const legacy = fields(value);
  return names(legacy?.['toolNames']) === undefined ? undefined : legacy;
}

function classOf(value: unknown): RequestClass | undefined {
  return typeof value === 'string' ? namedClass({ 'x-claude-code-request-class': value }) : undefined;
}

/** Facts read back from the log: what is missing or damaged is not known. undefined: nothing can be told of this record. */
export function factsOfRecord(record: Fields): RequestFacts | undefined {
  const tokens = fields(record['tokens']);
  const estimate = number(tokens?.['estimate']);
  const model = text(record['model']);
  if (model === undefined || estimate === undefined) return undefined;
  const optional = {
    thinking: nullable(record['thinking'], fields),
    declaredTools: names(record['declaredTools']),
    usedTools: names(record['usedTools']),
    forcedTool: nullable(record['forcedTool'], text),
    serverTools: names(record['serverTools']),
    image: typeof record['image'] === 'boolean' ? record['image'] : undefined,
    matches: fields(record['matches']),
    project: nullable(record['project'], text),
    user: nullable(record['user'], text),
    at: number(record['at']),
    custom: fields(record['custom']),
    legacy: legacyOf(record['legacy']),
    selectorTag: nullable(record['selectorTag'], text),
  };
  const known = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return {
    model,
    class: classOf(record['class']),
    agentType: text(record['agentType']),
    stream: record['stream'] === true,
    tokens: { estimate, exact: tokens?.['exact'] === true },
    sessionId: text(record['sessionId']),
    ...(known as Partial<RequestFacts>),
  };
}
