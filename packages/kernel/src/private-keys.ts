const begin = /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----/g;
const end = /-----END [A-Z ]{0,20}PRIVATE KEY-----/y;

/** Replaces PEM private keys, also cut-off ones and those inside JSON strings (where newlines are escaped and a quote ends the text). */
export function replacePrivateKeys(text: string, mask: string): string {
  let result = '';
  let copied = 0;
  begin.lastIndex = 0;
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const stop = privateKeyEnd(text, match.index + match[0].length);
    result += text.slice(copied, match.index) + mask;
    copied = stop;
    begin.lastIndex = stop;
  }
  return copied === 0 ? text : result + text.slice(copied);
}

function privateKeyEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"' || char === "'") return beforeBackslashes(text, at);
    if (char !== '-') continue;
    end.lastIndex = at;
    if (end.test(text)) return end.lastIndex;
  }
  return text.length;
}

function beforeBackslashes(text: string, quote: number): number {
  let at = quote;
  while (text.charAt(at - 1) === '\\') at--;
  return at;
}
