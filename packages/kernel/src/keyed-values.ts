import { bareValueEnd, quotedValueEnd } from './value-end.js';

/** A key that makes whatever follows it a secret. */
interface KeyedPattern {
  /** Matches the key and everything up to the value; group 1 is the opening quote with its backslashes, if any. */
  readonly pattern: RegExp;
  /** Shorter values are left alone. */
  readonly min: number;
  /** What ends a value without quotes, besides the end of the line and quotes. */
  readonly stops: string;
}

/** `": "`, `=`, `\":\"`, `","` (raw header lists), `: [ "`: from the end of a key to its value. */
const separator = String.raw`(?:(?:\\{0,15}["'])?[ \t\r\n]{0,3}[:=][ \t\r\n]{0,3}\[?|\\{0,15}["'][ \t]?,[ \t]?(?=\\{0,15}["']))(\\{0,15}["'])?`;

const keyed = (key: string, flags: string, min: number, stops: string): KeyedPattern => ({
  pattern: new RegExp(key + separator, flags),
  min,
  stops,
});

/** Keys of facts: security-and-faults §8, "headers", "fields", "assignments". */
const keyedPatterns: readonly KeyedPattern[] = [
  // Header values hold spaces (`Bearer x`) and semicolons (cookies): they run to the end of the line.
  keyed(String.raw`(?:authorization|x-api-key|api-key|x-goog-api-key|x-auth-token|x-ccproxy-token|cookie)`, 'gi', 4, ''),
  keyed(
    String.raw`(?:(?:api|auth)[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|session[_-]?key|encryption[_-]?key|signing[_-]?key|[_-]token|(?:access|refresh|id|auth|session|api|bearer|user|bot|oauth|ipc|gateway)token|secret|password|passwd|passphrase)`,
    'gi',
    4,
    ' \t,;}&)]',
  ),
  keyed(String.raw`(?<![A-Za-z])token`, 'gi', 8, ' \t,;}&)]'),
  keyed(String.raw`_(?:KEY|TOKEN|SECRET|PASSWORD|PASS|CREDENTIALS)`, 'g', 4, ' \t'),
  {
    pattern: /[?&](?:key|api_?key|token|access_token|refresh_token|id_token|code|client_secret|sig|signature|password|secret)=()/gi,
    min: 3,
    stops: ' \t&#<>',
  },
];

/** Values that are no secrets: nothing, references to a variable, and what is masked already. */
const harmless = /^(?:null|none|undefined|true|false|\*+|\$\{[A-Za-z_][A-Za-z0-9_]*\}|\$[A-Z_][A-Z0-9_]*)$/;

/** Replaces the whole value of every secret-bearing key; the key stays readable. */
export function replaceKeyedValues(text: string, mask: string): string {
  return keyedPatterns.reduce((result, keyedPattern) => replaceOne(result, keyedPattern, mask), text);
}

/** Whether a member or variable of this name holds a secret. */
export function namesSecret(name: string, mask: string): boolean {
  const member = `"${name.replaceAll(/["'\\]/g, '')}":"`;
  return replaceKeyedValues(`${member}0123456789"`, mask) === `${member}${mask}"`;
}

function replaceOne(text: string, { pattern, min, stops }: KeyedPattern, mask: string): string {
  let result = '';
  let copied = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const from = match.index + match[0].length;
    const quote = match[1] ?? '';
    const end = quote === '' ? bareValueEnd(text, from, stops) : quotedValueEnd(text, from, quote.slice(-1), quote.length - 1);
    if (end - from < min || (end - from < 80 && harmless.test(text.slice(from, end).trim()))) continue;
    result += text.slice(copied, from) + mask;
    copied = end;
    pattern.lastIndex = end;
  }
  return copied === 0 ? text : result + text.slice(copied);
}
