/** A word that can be completed, and what it is for. */
export interface CompletionWord {
  readonly word: string;
  readonly about: string;
}

/** Of one command or topic: what may follow it. */
export interface CompletionNode {
  /** The words that lead here, joined by one space; the empty string for the program itself. */
  readonly path: string;
  readonly words: readonly CompletionWord[];
  readonly flags: readonly CompletionWord[];
}

export type CompletionTree = readonly CompletionNode[];

/** What a command line tool knows of its commands: oclif's configuration has this shape. */
export interface CommandList {
  readonly commands: readonly {
    readonly id: string;
    readonly hidden?: boolean;
    readonly summary?: string | undefined;
    readonly description?: string | undefined;
    readonly flags?: Readonly<Record<string, FlagEntry>>;
    readonly args?: Readonly<Record<string, { readonly options?: readonly string[] | undefined }>>;
  }[];
  readonly topics: readonly { readonly name: string; readonly description?: string | undefined }[];
}

interface FlagEntry {
  readonly name: string;
  readonly char?: string | undefined;
  readonly hidden?: boolean | undefined;
  readonly allowNo?: boolean | undefined;
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
}

/** Only these are written into a completion: letters a shell takes for nothing else. */
const plain = /^[a-z0-9][a-z0-9-]*$/iu;

/** Puts the commands, topics, flags and fixed arguments in order of the words that lead to them. */
export function completionTree({ commands, topics }: CommandList): CompletionTree {
  const nodes = new Map<string, { words: Map<string, string>; flags: Map<string, string> }>();
  const node = (path: string): { words: Map<string, string>; flags: Map<string, string> } => {
    const known = nodes.get(path) ?? { words: new Map(), flags: new Map() };
    nodes.set(path, known);
    return known;
  };
  const lead = (parts: readonly string[], about: string): void => {
    for (const [index, part] of parts.entries()) {
      const words = node(parts.slice(0, index).join(' ')).words;
      if (index === parts.length - 1 || !words.has(part)) words.set(part, index === parts.length - 1 ? about : '');
    }
  };
  for (const { name, description } of topics) {
    if (name.split(':').every((part) => plain.test(part))) lead(name.split(':'), oneLine(description));
  }
  for (const command of commands) {
    const parts = command.id.split(':');
    if (command.hidden === true || !parts.every((part) => plain.test(part))) continue;
    lead(parts, oneLine(command.summary ?? command.description));
    const { words, flags } = node(parts.join(' '));
    for (const flag of Object.values(command.flags ?? {})) {
      if (flag.hidden === true || !plain.test(flag.name)) continue;
      flags.set(`--${flag.name}`, oneLine(flag.summary ?? flag.description));
      if (flag.allowNo === true) flags.set(`--no-${flag.name}`, '');
    }
    for (const option of Object.values(command.args ?? {}).flatMap(({ options }) => options ?? []))
      if (plain.test(option)) words.set(option, '');
  }
  const sorted = (words: Map<string, string>): CompletionWord[] =>
    [...words].map(([word, about]) => ({ word, about })).toSorted((one, other) => (one.word < other.word ? -1 : 1));
  return [...nodes]
    .map(([path, { words, flags }]) => ({ path, words: sorted(words), flags: sorted(flags) }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

function oneLine(text: string | undefined): string {
  return (text ?? '')
    .replaceAll(/<%[^%]*%>/gu, '')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .split(/(?<=\.) /u, 1)
    .join('');
}
