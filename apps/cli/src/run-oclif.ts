import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { handle } from '@oclif/core/handle';
import { flush } from '@oclif/core/flush';
import type { PJSON } from '@oclif/core/interfaces';
import { run } from '@oclif/core/run';

const manifest = fileURLToPath(new URL('../package.json', import.meta.url));
const word = /^[a-z]+(?:-[a-z]+)*$/;
/** They look at the commands of plugins too. */
const wantsPlugins = new Set(['doctor', 'shell-integration']);

/** Runs a command line through oclif; its own errors (an unknown command, a missing plugin) end with exit code 2. */
export async function runOclif(argv: readonly string[]): Promise<void> {
  try {
    const words = withoutHelp(argv);
    await run(words, isOwnCommand(words) ? withoutOwnPlugins() : manifest);
    await flush();
  } catch (error) {
    const failure = error as Error & { oclif?: { exit?: number } };
    // plugin-not-found ends with the shell's 127; an unknown command of ours is wrong usage.
    if (failure.oclif?.exit === 127) failure.oclif.exit = 2;
    await handle(failure);
  }
}

/** `help config show` is `config show --help`: the same text, without the plugin that has the command. */
function withoutHelp([first, ...rest]: readonly string[]): string[] {
  if (first === undefined) return [];
  return first === 'help' && rest.every((each) => word.test(each)) ? [...rest, '--help'] : [first, ...rest];
}

/** Whether the first words are a command of this package, for which none of the plugins that come with it is needed. */
function isOwnCommand([first = '', second = '']: readonly string[]): boolean {
  const file = (...words: string[]): boolean =>
    words.every((each) => word.test(each)) && existsSync(new URL(`commands/${words.join('/')}.js`, import.meta.url));
  return !wantsPlugins.has(first) && (file(first) || file(first, second));
}

/** Finding and reading the plugins takes a third of what oclif takes (measured). Those a user installed are loaded as ever. */
function withoutOwnPlugins(): { root: string; pjson: PJSON } {
  const pjson = JSON.parse(readFileSync(manifest, 'utf8')) as PJSON;
  return { root: dirname(manifest), pjson: { ...pjson, oclif: { ...pjson.oclif, plugins: [] } } };
}
