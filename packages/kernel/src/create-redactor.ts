import { NeedleSet } from './needle-set.js';
import { replaceKeyedValues } from './keyed-values.js';
import { replacePrivateKeys } from './private-keys.js';
import type { Redactor } from './redactor.js';
import { minSecretLength, secretForms } from './secret-forms.js';
import { replaceTokenShapes } from './token-shapes.js';

const mask = '****';

/**
 * A cheap look for anything the patterns could match: most log lines hold none of it and are returned as they are. Each pattern of the
 * shapes, keys and URLs has to be represented here (a test holds that).
 */
const suspicious =
  /sk[-_]|AIza|AQ\.|ya29|1\/\/0|GOCSPX|xai-|pplx-|hf_|r8_|fw_|nvapi-|pa-|tvly-|lsv2_|pk-lf|A[KS]IA|gh[pousr]_|github_pat|glpat-|npm_|xox|rk_|eyJ|-----BEGIN|:\/\/|_(?:KEY|TOKEN|PASS|CRED)|[?&](?:key|code|sig)|(?:api|access|private|session|encryption|signing)[_-]?key|authorization|cookie|bearer|basic|token(?!s)|secret|passw|passphrase/i;

const schemeToken = /(?<![A-Za-z])(bearer|basic)((?:\s|%20|\+){1,3})(?!auth|cred|token)[\w.~+/=-]{8,}/gi;
const userinfo = /(:\/\/)[^\s/?#"'\\<>]{1,512}@/g;

/**
 * Makes the redactor of a process: exact values first (each in all its spellings), then token shapes, secret-bearing keys, authorization
 * schemes, credentials in URLs and private keys. Whole values become `****`: a prefix left in place would tell kind and owner.
 * The text stays JSON where it was JSON.
 */
export function createRedactor(options: { readonly secrets?: Iterable<string> } = {}): Redactor {
  const secrets = new Set<string>();
  let needles = new NeedleSet([]);
  let raw: readonly Buffer[] = [];
  let stale = false;

  const change = (apply: () => void) => {
    apply();
    stale = true;
  };
  const refresh = () => {
    if (!stale) return;
    stale = false;
    needles = new NeedleSet(new Set([...secrets].flatMap(secretForms)));
    raw = [...secrets].flatMap((secret) => [...new Set([secret, JSON.stringify(secret).slice(1, -1)])].map((form) => Buffer.from(form)));
  };
  const add = (secret: string) => {
    if (secret.length >= minSecretLength && !secrets.has(secret)) change(() => secrets.add(secret));
  };
  for (const secret of options.secrets ?? []) add(secret);

  return {
    add,
    remove: (secret) => change(() => secrets.delete(secret)),
    redact(text) {
      refresh();
      const known = needles.replace(text, mask);
      return suspicious.test(known) ? replacePatterns(known) : known;
    },
    containsSecret(bytes) {
      refresh();
      const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return raw.some((secret) => buffer.includes(secret));
    },
  };
}

function replacePatterns(text: string): string {
  const keyed = replaceKeyedValues(replaceTokenShapes(replacePrivateKeys(text, mask), mask), mask);
  return keyed.replace(schemeToken, `$1$2${mask}`).replace(userinfo, `$1${mask}@`);
}
