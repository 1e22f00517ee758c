import { isCredentialHeader } from '@ccproxy/kernel';
import {
  type HeaderFields,
  headerNames,
  headerValue,
  type LastMessage,
  type MessagesView,
  readLastMessage,
  readSystemTexts,
  type RequestDetails,
  scanRequestDetails,
  sessionIdOf,
} from '@ccproxy/wire';
import { compileGlob } from './compile-glob.js';
import type { RuleSet } from './compile-rules.js';
import { guessClass, namedClass } from './guess-class.js';
import { type ConversationFacts, headerKey, type LegacyFacts, type RequestFacts, systemKey, type TokenFacts } from './request-facts.js';
import { literalText, readSelectorTag } from './selector-tag.js';

/** A request as it came. */
export interface FactSource {
  readonly body: Buffer;
  readonly view: MessagesView;
  readonly headers: HeaderFields;
  readonly tokens: TokenFacts;
  /** Path of the project it came from. */
  readonly project: string | undefined;
  /** Name of the token it came with. */
  readonly user: string | undefined;
  /** ms since the epoch */
  readonly at: number;
  /** `input_tokens` of the answer before in this conversation. */
  readonly previousInput?: number | undefined;
  readonly conversation?: ConversationFacts | undefined;
}

/** Longest system prompt patterns are held against, characters; a longer one is cut. */
const longestSystem = 262_144;
const longestHeader = 4096;
/** Bytes of English or code per token of the tokenizer the other programs use. */
const bytesPerTextToken = 4;

/** The parts of a body that rules may ask for, each read at most once. */
class Reader {
  readonly #source: FactSource;
  #details: RequestDetails | undefined;
  #last: LastMessage | undefined;

  constructor(source: FactSource) {
    this.#source = source;
  }

  readonly details = (): RequestDetails => (this.#details ??= scanRequestDetails(this.#source.body));

  last(): LastMessage {
    return (this.#last ??= this.#details?.last ?? readLastMessage(this.#source.body, this.#source.view.messages));
  }

  systemTexts(): RequestDetails['system'] {
    return readSystemTexts(this.#source.body, this.#source.view.system);
  }

  system(): string {
    const { body } = this.#source;
    const texts = this.systemTexts().map((span) => literalText(body, span) ?? '');
    return texts.join('\n').slice(0, longestSystem);
  }
}

/** Which patterns fit texts that are not facts themselves; credentials are never looked at, whatever a rule says. */
function tryPatterns(set: RuleSet, source: FactSource, reader: Reader): Record<string, boolean> {
  const found: Record<string, boolean> = {};
  if (set.system.length > 0) {
    const text = reader.system();
    for (const glob of set.system) found[systemKey(glob)] = compileGlob(glob, longestSystem)(text);
  }
  for (const [name, glob] of set.headers) {
    const value = isCredentialHeader(name) ? undefined : headerValue(source.headers, name);
    found[headerKey(name, glob)] = value !== undefined && compileGlob(glob, longestHeader)(value);
  }
  return found;
}

function readLegacy({ previousInput }: FactSource, reader: Reader): LegacyFacts {
  const { thinking, textBytes, statedTokens, declaredTools } = reader.details();
  const { role, image } = reader.last();
  return {
    thinking,
    lastUserImage: role === 'user' && image,
    textTokens: { estimate: Math.ceil(textBytes / bytesPerTextToken), exact: textBytes === 0 },
    statedTokens,
    toolNames: declaredTools,
    ...(previousInput === undefined ? {} : { previousInput }),
  };
}

type Writable = { -readonly [Key in keyof RequestFacts]: RequestFacts[Key] };

/** Facts that cost nothing once there is a view. */
export function viewFacts({
  thinking,
  tools,
  toolChoice,
  hasImage,
}: MessagesView): Pick<Writable, 'thinking' | 'declaredTools' | 'forcedTool' | 'serverTools' | 'image'> {
  const { type, budgetTokens } = thinking ?? {};
  return {
    thinking: type === undefined ? null : { type, ...(budgetTokens === undefined ? {} : { budget: budgetTokens }) },
    declaredTools: tools.flatMap(({ name, type: kind }) => (name === '' || isServerTool(kind) ? [] : [name])),
    forcedTool: toolChoice?.type === 'tool' ? (toolChoice.name ?? null) : null,
    serverTools: tools.flatMap(({ type: kind }) => (kind !== undefined && isServerTool(kind) ? [kind] : [])),
    image: hasImage,
  };
}

/** A tool with a type of its own is run by the provider; the client's own have none, or `custom`. */
const isServerTool = (type: string | undefined): boolean => type !== undefined && type !== 'custom' && type !== 'function';

/** Reads of a request what the rules of a set ask for, and nothing else. Never throws. */
export function readFacts(source: FactSource, set: RuleSet): RequestFacts {
  const { view, headers } = source;
  const named = namedClass(headers);
  const facts: Writable = {
    model: view.model,
    class: named,
    agentType: headerValue(headers, headerNames.agentType),
    stream: view.stream,
    tokens: source.tokens,
    sessionId: sessionIdOf(headers, view.metadataUserId),
  };
  if (source.conversation !== undefined) facts.conversation = source.conversation;
  if (set.reads.size === 0) return facts;
  const { reads } = set;
  const reader = new Reader(source);
  if (reads.has('legacy')) facts.legacy = readLegacy(source, reader);
  if (reads.has('usedTools')) facts.usedTools = reader.details().usedTools;
  if (reads.has('class') && named === undefined) {
    facts.class = guessClass({ ...source, last: reader.last(), details: reader.details });
    facts.classGuessed = true;
  }
  const cheap = viewFacts(view);
  if (reads.has('thinking')) facts.thinking = cheap.thinking ?? null;
  if (reads.has('declaredTools')) facts.declaredTools = cheap.declaredTools ?? [];
  if (reads.has('forcedTool')) facts.forcedTool = cheap.forcedTool ?? null;
  if (reads.has('serverTools')) facts.serverTools = cheap.serverTools ?? [];
  if (reads.has('image')) facts.image = view.hasImage;
  if (reads.has('project')) facts.project = source.project ?? null;
  if (reads.has('user')) facts.user = source.user ?? null;
  if (reads.has('at')) facts.at = source.at;
  if (reads.has('matches')) facts.matches = tryPatterns(set, source, reader);
  if (reads.has('selectorTag')) facts.selectorTag = readSelectorTag(source.body, reader.systemTexts());
  return facts;
}
