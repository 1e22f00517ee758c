import { ByteNeedleSet } from './byte-needle-set.js';
import { NeedleSet } from './needle-set.js';
import { namesSecret, replaceKeyedValues } from './keyed-values.js';
import { replacePrivateKeys } from './private-keys.js';
import { redactJson } from './redact-json.js';
import type { Redactor } from './redactor.js';
import { minSecretLength, secretForms } from './secret-forms.js';
import { maySpellSecret } from './secret-triggers.js';
import { replaceTokenShapes } from './token-shapes.js';

const mask = '****';

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
  let bytes = new ByteNeedleSet([]);
  let stale = false;

  const change = (apply: () => void) => {
    apply();
    stale = true;
  };
  const refresh = () => {
    if (!stale) return;
    stale = false;
    needles = new NeedleSet(new Set([...secrets].flatMap(secretForms)));
    bytes = new ByteNeedleSet(
      [...secrets].flatMap((secret) => [...new Set([secret, JSON.stringify(secret).slice(1, -1)])].map((form) => Buffer.from(form))),
    );
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
      const redacted = redactText(text, needles);
      return redacted === text || !looksLikeJson(text) || isJson(redacted) ? redacted : redactStructure(text, redacted, needles);
    },
    containsSecret(content) {
      refresh();
      return bytes.isIn(content);
    },
  };
}

function redactText(text: string, needles: NeedleSet): string {
  const known = needles.replace(text, mask);
  return maySpellSecret(known) ? replacePatterns(known) : known;
}

function replacePatterns(text: string): string {
  const keyed = replaceKeyedValues(replaceTokenShapes(replacePrivateKeys(text, mask), mask), mask);
  return keyed.replace(schemeToken, `$1$2${mask}`).replace(userinfo, `$1${mask}@`);
}

/**
 * For JSON that the patterns have torn apart, which happens where the end of one string reads like the beginning of another
 * (`"msg":"set API_KEY=","level":…`): redacts it string by string.
 */
function redactStructure(text: string, torn: string, needles: NeedleSet): string {
  try {
    const redaction = { mask, text: (part: string) => redactText(part, needles), isSecretName: (name: string) => namesSecret(name, mask) };
    return JSON.stringify(redactJson(JSON.parse(text), redaction));
  } catch {
    // It was no JSON, or nested too deep to walk: it is redacted all the same.
    return torn;
  }
}

function looksLikeJson(text: string): boolean {
  const first = text.charCodeAt(0);
  return first === 0x7b || first === 0x5b;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
