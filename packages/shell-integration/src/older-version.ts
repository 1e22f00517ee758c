/** Whether `found` comes before `own` in semantic versioning; false when either is no version. */
export function isOlderVersion(found: string, own: string): boolean {
  const [left, right] = [parse(found), parse(own)];
  if (left === undefined || right === undefined) return false;
  for (const [index, number] of left.numbers.entries()) {
    const other = right.numbers[index] ?? 0;
    if (number !== other) return number < other;
  }
  // A pre-release comes before its release.
  if (left.pre === undefined || right.pre === undefined) return left.pre !== undefined && right.pre === undefined;
  return comparePre(left.pre, right.pre) < 0;
}

interface Version {
  readonly numbers: readonly number[];
  readonly pre: readonly string[] | undefined;
}

function parse(text: string): Version | undefined {
  const match = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]{1,100}))?(?:\+|$)/u.exec(text);
  if (match === null) return undefined;
  return { numbers: match.slice(1, 4).map(Number), pre: match[4]?.split('.') };
}

/** Numbers before words, numbers by value, and the shorter list first. */
function comparePre(left: readonly string[], right: readonly string[]): number {
  for (const [index, a] of left.entries()) {
    const b = right[index];
    if (b === undefined) return 1;
    if (a === b) continue;
    const [isA, isB] = [/^\d+$/u.test(a), /^\d+$/u.test(b)];
    if (isA && isB) return Number(a) - Number(b);
    if (isA !== isB) return isA ? -1 : 1;
    return a < b ? -1 : 1;
  }
  return left.length - right.length;
}
