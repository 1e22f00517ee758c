/** One line of the length the configuration takes, with a literal `$` written as it has to be there; undefined when it cannot be. */
export function configText(value: string): string | undefined {
  const text = value.trim();
  return text === '' || text.length > 1024 || /\p{Cc}/u.test(text) || !text.isWellFormed() ? undefined : text.replaceAll('$', '$$$$');
}

const longest = 56;

/** A name the configuration takes, as near to `wanted` as can be, that is not among `taken`. */
export function freeName(wanted: string, taken: (name: string) => boolean, otherwise = 'imported'): string {
  const cleaned = wanted
    .replace(/[^A-Za-z0-9._-]+/gu, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/gu, '')
    .slice(0, longest);
  const base = cleaned === '' ? otherwise : cleaned;
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    // Names of what every object has are no names of ours.
    if (!taken(name) && !(name in Object.prototype)) return name;
  }
}
