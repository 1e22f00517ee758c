import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './create-redactor.js';
import { createRedactingLines } from './redacting-lines.js';

const secret = 'a-loaded-secret/value+42';
const redactor = createRedactor({ secrets: [secret] });

function stream(chunks: Iterable<string>): string {
  let out = '';
  const lines = createRedactingLines(redactor, (text) => (out += text));
  for (const chunk of chunks) lines.push(chunk);
  lines.end();
  return out;
}

/** Cuts a text at the given places. */
function cutAt(text: string, places: readonly number[]): string[] {
  const cuts = [...new Set([0, ...places.map((place) => place % (text.length + 1)), text.length])].sort((a, b) => a - b);
  return cuts.slice(1).map((cut, i) => text.slice(cuts[i], cut));
}

describe('createRedactingLines', () => {
  it('[F1] gives the same text however the stream is cut', () => {
    const text = `first line\nkey ${secret} end\r\n{"authorization":"Bearer abcdefghijklm"}\n\nsk-ant-api03-abcdefgh no newline at the end`;
    const whole = text
      .split('\n')
      .map((line) => redactor.redact(line))
      .join('\n');
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30 }), (places) => {
        expect(stream(cutAt(text, places))).toBe(whole);
      }),
    );
    expect(stream(text)).toBe(whole);
    expect(whole).not.toContain(secret);
  });

  it('[F1] leaves out a private key that arrives line by line, and nothing after it', () => {
    const body = 'MIIEpAIBAAKCAQEA'.repeat(4);
    const pem = `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${body}\n${body}==\n-----END RSA PRIVATE KEY-----\nafter it\n`;
    const out = stream(cutAt(`before\n${pem}`, [10, 60, 90, 150, 200]));
    expect(out).not.toContain('MIIE');
    expect(out).toMatch(/^before\n\*\*\*\*\n/);
    expect(out).toMatch(/after it\n$/);
  });

  it('[F1] holds back a bounded part of an endless line and hides a secret on every border', () => {
    const filler = 'x'.repeat(997);
    const chunks = Array.from({ length: 400 }, (_, i) => `${filler} ${i % 3 === 0 ? secret : 'word'} `);
    let out = '';
    let longest = 0;
    let pushed = 0;
    const lines = createRedactingLines(redactor, (text) => (out += text));
    for (const chunk of chunks) {
      for (const part of [chunk.slice(0, 1003), chunk.slice(1003)]) {
        lines.push(part);
        pushed += part.length;
        longest = Math.max(longest, pushed - out.length);
      }
    }
    lines.end();
    expect(out).not.toContain(secret);
    expect(out).not.toContain(secret.slice(8));
    expect(out.split('****').length - 1).toBe(134);
    expect(longest).toBeLessThan(80 * 1024);
  });

  it('cuts nowhere inside a token longer than the overlap', () => {
    const token = `sk-ant-api03-${'Zq7'.repeat(2000)}`;
    const out = stream([`${'word '.repeat(12_500)}${token.slice(0, 3500)}`, `${token.slice(3500)} end\n`]);
    expect(out).not.toContain('Zq7Zq7');
    expect(out).toMatch(/\*\*\*\* end\n$/);
  });
});
