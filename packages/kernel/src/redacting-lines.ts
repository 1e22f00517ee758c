import type { Redactor } from './redactor.js';

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
 * border of two chunks. A line over 64 KiB goes out in parts, cut only where the redaction of the parts equals that of the whole; the
 * lines of a PEM private key are dropped together.
 */
export function createRedactingLines(redactor: Redactor, write: (text: string) => void): RedactingLines {
  let held = '';
  let insideKey = false;

  const flush = (text: string) => {
    if (text === '') return;
    const redacted = insideKey ? '' : redactor.redact(text);
    const begin = text.lastIndexOf('-----BEGIN ');
    const end = text.lastIndexOf('-----END ');
    if (insideKey && end >= 0) insideKey = false;
    else if (begin > end && text.indexOf('PRIVATE KEY-----', begin) >= 0) insideKey = true;
    if (redacted !== '') write(redacted);
  };

  return {
    push(chunk) {
      held += chunk;
      const lineEnd = held.lastIndexOf('\n') + 1;
      if (lineEnd > 0) {
        flush(held.slice(0, lineEnd));
        held = held.slice(lineEnd);
      }
      while (held.length > maxHeld) {
        const cut = safeCut(redactor, held);
        flush(held.slice(0, cut));
        held = held.slice(cut);
      }
    },
    end() {
      flush(held);
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
