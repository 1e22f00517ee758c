import { fencedBlocks, type Page } from './pages.ts';

/** What stands after `ccproxy` in a piece of code, up to the end of that command. */
const call = /(?:^|[\s(])(?:npm run ccproxy --|ccproxy) ([^|&;>#)`\n]+)/g;
/** `NAME=value` before a command, and the prompt. */
const commandStart = /^(?:\$ )?(?:[A-Z_]+=\S* )*(?:npm run ccproxy --|ccproxy) /;
/** A sentence may name what a later version has. */
const later = /later version/;

/**
 * The commands a page tells its reader to type, without the word `ccproxy`: in code spans that begin with it, in indented code, and behind
 * the prompt of `console` blocks. Outputs are left out.
 */
export function commandLines(page: Page): string[] {
  const typed = fencedBlocks(page)
    .filter(({ language }) => language === 'console')
    .flatMap(({ text }) => text.split('\n').filter((line) => line.startsWith('$ ')));
  const prose = page.text.replaceAll(/^```\w*\n[^]*?^```$/gm, '');
  const lines = prose.split('\n');
  const indented = lines.filter((line) => line.startsWith('    '));
  const spans = lines
    .filter((line) => !later.test(line))
    .flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''))
    .filter((span) => commandStart.test(span));
  return [...typed, ...indented, ...spans].flatMap((code) =>
    [...code.replace(/\s#.*$/, '').matchAll(call)].map((match) => (match[1] ?? '').trim()),
  );
}
