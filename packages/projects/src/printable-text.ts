/** Control and direction characters: a file of a repository must not write to the terminal of whoever looks at it. */
const unsafe = /[\p{Cc}\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu;

/** A line of foreign text for a terminal: every control character is shown, none is sent. A tab stays. */
export const printableText = (text: string): string =>
  text.replace(unsafe, (character) =>
    character === '\t' ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}}`,
  );
