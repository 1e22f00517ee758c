// C0 and C1 controls, direction marks and overrides, line and paragraph separators: what moves a cursor or reorders text on a terminal.
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const everyUnprintable = new RegExp(unprintable.source, 'g');

/**
 * One line of text in which nothing can end the line, drive a terminal or reorder what a reader sees: such characters become `\uXXXX`
 * (`\n` and `\t` in their short form), which inside JSON means the same. Anything else is left as it is.
 */
export function escapeUnprintable(line: string): string {
  return unprintable.test(line) ? line.replace(everyUnprintable, escapeOne) : line;
}

function escapeOne(char: string): string {
  if (char === '\n') return '\\n';
  if (char === '\t') return '\\t';
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
