/** Longest name that is compared; longer ones are nobody's typing mistake. */
const longest = 64;

/**
 * Edit distance with swapped neighbours counted once (optimal string alignment, a restricted Damerau-Levenshtein):
 * `axuiliary` is 1 away from `auxiliary`.
 */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  const cells = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => cells[i * width + j] ?? 0;
  for (let i = 0; i <= a.length; i++) cells[i * width] = i;
  for (let j = 0; j <= b.length; j++) cells[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(i - 2, j - 2) + 1);
      cells[i * width + j] = best;
    }
  }
  return at(a.length, b.length);
}

/** The candidate the user most likely meant, or undefined when none is near (a third of its letters may differ). */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longest) return undefined;
  const wanted = word.toLowerCase();
  let best: { name: string; distance: number } | undefined;
  for (const name of candidates) {
    if (name.length > longest) continue;
    const distance = editDistance(wanted, name.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.max(word.length, name.length) / 3));
    if (distance <= allowed && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** A sentence for a hint: the suggestion if there is one, else what exists. */
export function didYouMean(word: string, candidates: readonly string[], kind: string): string {
  const near = suggest(word, candidates);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  if (candidates.length === 0) return `There is no ${kind} yet.`;
  const shown = candidates.slice(0, 12).join(', ');
  return `Known: ${shown}${candidates.length > 12 ? ', …' : ''}.`;
}
