import type { Redactor } from './redactor.js';

const keyBegin = /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[ \t\r]*$/;
/** A line of base64, a header of an encrypted key, a blank line. */
const keyBody = /^[ \t]*(?:[A-Za-z0-9+/=]{0,200}|[A-Z][A-Za-z-]{1,30}: [^"']{0,100})[ \t\r]*$/;
/** A 16384-bit RSA key has 200 lines. */
const maxKeyLines = 256;

/** A stream of text going through a redactor. */
export interface RedactingLines {
  push(chunk: string): void;
  /** Writes what is held back; nothing may be pushed afterwards. */
  end(): void;
}

/** Longer lines are cut: what is held back stays bounded. */
const maxHeld = 64 * 1024;
/** What stays behind at such a cut, so that a secret on the border is seen whole. */
const overlap = 256;

/**
 * Redacts text that arrives in pieces: only whole lines are passed to `write` (with their newline), so that no secret slips through on the
 * border of two chunks. A line over 64 KiB goes out in parts, cut only where the redaction of the parts equals that of the whole. A PEM
 * private key, whose lines mean nothing to the redactor one by one, is left out from its first line on.
 */
export function createRedactingLines(redactor: Redactor, write: (text: string) => void): RedactingLines {
  let held = '';
  let keyLinesLeft = 0;

  const flushLine = (line: string, end: string) => {
    if (keyLinesLeft > 0 && keyBody.test(line)) {
      keyLinesLeft--;
      return;
    }
    keyLinesLeft = keyBegin.test(line) ? maxKeyLines : 0;
    write(redactor.redact(line) + end);
  };

  return {
    push(chunk) {
      held += chunk;
      if (chunk.includes('\n')) {
        const lines = held.split('\n');
        held = lines.pop() ?? '';
        for (const line of lines) flushLine(line, '\n');
      }
      while (held.length > maxHeld) {
        const cut = safeCut(redactor, held);
        flushLine(held.slice(0, cut), '');
        held = held.slice(cut);
      }
    },
    end() {
      if (held !== '') flushLine(held, '');
      held = '';
    },
  };
}

/** A place near the end where cutting hides no secret from the redactor. */
function safeCut(redactor: Redactor, text: string): number {
  const whole = redactor.redact(text);
  for (let cut = text.length - overlap, tries = 0; tries < 8 && cut > text.length / 2; tries++, cut -= overlap * 2 ** tries) {
    if (redactor.redact(text.slice(0, cut)) + redactor.redact(text.slice(cut)) === whole) return cut;
  }
  return text.length;
}
