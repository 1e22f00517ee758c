import { bareOptions, informationOptions, type OptionArity, possibleSubcommands, subcommands, valueOptions } from './claude-options.js';

/** What the arguments for Claude Code mean to us; the arguments themselves are kept as they are. */
export interface ParsedClaudeArgs {
  readonly args: readonly string[];
  /** False for `--version`, `mcp …` and the like: they are run without a daemon and without settings of ours. */
  readonly startsSession: boolean;
  /** The word that decides that no session is started. */
  readonly command: string | undefined;
  /** Values of every `--settings X` and `--settings=X`, in order. */
  readonly settings: readonly string[];
  /** Where in `args` those stand. */
  readonly settingsAt: readonly { readonly index: number; readonly length: 1 | 2 }[];
}

/**
 * Reads arguments the way Claude Code does (commander): values of options are not words, everything after `--` is.
 * Where a newer version could have options we do not know, it errs on the side of a session: settings before a command do no harm,
 * a session without them would bypass ccproxy.
 */
export function parseClaudeArgs(args: readonly string[]): ParsedClaudeArgs {
  const settings: string[] = [];
  const settingsAt: { index: number; length: 1 | 2 }[] = [];
  let command: string | undefined;
  let firstWord: { readonly text: string; readonly index: number } | undefined;
  for (let index = 0; index < args.length;) {
    const arg = args[index] ?? '';
    if (arg === '--') break;
    if (!arg.startsWith('-') || arg === '-') {
      firstWord ??= { text: arg, index };
      index++;
      continue;
    }
    if (firstWord === undefined || !isCommand(firstWord)) {
      if (informationOptions.has(arg)) command ??= arg;
      const equals = arg.startsWith('--settings=');
      if (equals || (arg === '--settings' && index + 1 < args.length)) {
        settings.push(equals ? arg.slice('--settings='.length) : (args[index + 1] ?? ''));
        settingsAt.push({ index, length: equals ? 1 : 2 });
      }
    }
    index += 1 + valueCount(arg, args, index + 1);
  }
  if (firstWord !== undefined && isCommand(firstWord)) command = firstWord.text;
  return { args, startsSession: command === undefined, command, settings, settingsAt };
}

/**
 * The arguments with one `--settings <file>`: at the place of the user's last one, which this replaces together with any earlier ones, else
 * in front. Every other argument is the same string at the same relative place.
 */
export function withSettingsFile(parsed: ParsedClaudeArgs, file: string): string[] {
  const { args, settingsAt } = parsed;
  const last = settingsAt.at(-1);
  if (last === undefined) return ['--settings', file, ...args];
  const removed = new Set(settingsAt.flatMap(({ index, length }) => (length === 2 ? [index, index + 1] : [index])));
  return args.flatMap((arg, index) => (index === last.index ? ['--settings', file] : removed.has(index) ? [] : [arg]));
}

function isCommand({ text, index }: { readonly text: string; readonly index: number }): boolean {
  return subcommands.has(text) || (index === 0 && possibleSubcommands.has(text));
}

/** How many words after an option belong to it. */
function valueCount(arg: string, args: readonly string[], next: number): number {
  const isWord = (index: number): boolean => {
    const word = args[index];
    return word !== undefined && !word.startsWith('-');
  };
  const arity = arityOf(arg);
  if (arity === 'none') return 0;
  if (arity === 'maybe') return isWord(next) ? 1 : 0;
  let count = next < args.length ? 1 : 0;
  if (arity === 'many') while (isWord(next + count)) count++;
  return count;
}

function arityOf(arg: string): OptionArity {
  if (arg.includes('=') || informationOptions.has(arg) || bareOptions.has(arg)) return 'none';
  const known = valueOptions[arg];
  if (known !== undefined) return known;
  // Short options may be run together (`-pc`) or carry their value (`-rID`): complete in themselves.
  return arg.startsWith('--') ? 'maybe' : shortArity(arg);
}

/** In `-pr` the last letter may still take the next word. */
function shortArity(arg: string): OptionArity {
  const letters = arg.slice(1).split('');
  const taking = letters.findIndex((letter) => valueOptions[`-${letter}`] !== undefined);
  if (taking < 0 || taking < letters.length - 1) return 'none';
  return valueOptions[`-${letters[taking] ?? ''}`] ?? 'none';
}
