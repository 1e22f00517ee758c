/**
 * Three neighbouring characters without which no pattern of the token shapes, keyed values, authorization schemes, URLs and private keys can match.
 * Characters are compared by their low five bits, so that case does not matter and a table of 32768 bits holds every possible group; a false
 * alarm costs one run of the patterns. A new pattern needs its group here: a test holds that every sample of every pattern raises the alarm.
 */
const triggers: readonly string[] = [
  // sk-… of all kinds, also gsk_, csk-, sk_live_, and rk_live_
  'sk- sk_ rk_ k-l',
  // AIza, AQ., ya29., 1//0, GOCSPX-
  'iza aq. a29 1// csp',
  // xai-, pplx-, hf_, r8_, fw_, nvapi-, pa-, tvly-, lsv2_
  'xai plx hf_ r8_ fw_ vap pa- vly sv2',
  // AKIA, ASIA, gh?_, github_pat_, glpat-, npm_, xox?-
  'kia sia hp_ ho_ hu_ hs_ hr_ _pa lpa pm_ xox',
  // JWT, PEM, URLs
  'eyj --- ://',
  // authorization, cookie, bearer, basic, secret, password, passphrase, _CREDENTIALS
  'hor ook bea sic ssw phr _cr',
  // ?key=, ?code=, ?sig= of queries; the longer names are covered by the other groups
  '?ke &ke ?co &co ?si &si',
].flatMap((groups) => groups.split(' '));

/** Groups that common words hold too count only behind the letter that makes the word: `secret`, but not `cacheCreation`. */
const behind: Readonly<Record<string, readonly string[]>> = {
  s: ['ecr'],
  // A name that ends in key or token is a trigger only with what may stand between a name and its value: most names go on.
  k: [' ', '\t', '\r', '\n', '"', "'", '\\', ':', '=', ','].flatMap((after) => [`ey${after}`, `en${after}`]),
};

const anywhere = 32;
const table = buildTable();

/** For each group: 0 is no trigger, 32 is one anywhere, else it is one behind the letter of this number plus one. */
function buildTable(): Uint8Array {
  const groups = new Uint8Array(2 ** 15);
  for (const [letter, members] of Object.entries(behind))
    for (const group of members) groups[slot(group)] = (letter.charCodeAt(0) & 31) + 1;
  for (const group of triggers) groups[slot(group)] = anywhere;
  return groups;
}

function slot(group: string): number {
  return ((group.charCodeAt(0) & 31) << 10) | ((group.charCodeAt(1) & 31) << 5) | (group.charCodeAt(2) & 31);
}

/** False: no pattern can match this text. One pass, about a nanosecond a character. */
export function maySpellSecret(text: string): boolean {
  // The last four characters, five bits each.
  let last = 0;
  for (let i = 0; i < text.length; i++) {
    last = ((last << 5) | (text.charCodeAt(i) & 31)) & 0xf_ff_ff;
    const trigger = table[last & 0x7fff];
    if (trigger !== 0 && (trigger === anywhere || trigger === (last >> 15) + 1)) return true;
  }
  return false;
}
