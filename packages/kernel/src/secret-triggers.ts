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
  'hor ook bea sic ecr ssw phr _cr',
  // ?key=, ?code=, ?sig= of queries; the longer names are covered by the other groups
  '?ke &ke ?co &co ?si &si',
].flatMap((groups) => groups.split(' '));

/** A name that ends in key or token is a trigger only with what may stand between a name and its value: most names go on. */
const nameEndings = [' ', '\t', '\r', '\n', '"', "'", '\\', ':', '=', ','].flatMap((after) => [`ey${after}`, `en${after}`]);

const table = buildTable([...triggers, ...nameEndings]);

function buildTable(groups: readonly string[]): Uint8Array {
  const bits = new Uint8Array(2 ** 15);
  for (const group of groups) bits[slot(group.charCodeAt(0), group.charCodeAt(1), group.charCodeAt(2))] = 1;
  return bits;
}

function slot(a: number, b: number, c: number): number {
  return ((a & 31) << 10) | ((b & 31) << 5) | (c & 31);
}

/** False: no pattern can match this text. One pass, about a nanosecond a character. */
export function maySpellSecret(text: string): boolean {
  let group = 0;
  for (let i = 0; i < text.length; i++) {
    group = ((group << 5) | (text.charCodeAt(i) & 31)) & 0x7fff;
    if (table[group] === 1) return true;
  }
  return false;
}
