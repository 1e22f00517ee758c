const open = '<think>';
const close = '</think>';
/** White space before it is no tag's beginning any more. */
const mostBlank = 256;

export interface ThinkTags {
  push(text: string): void;
  /** Gives what was held back because it might have become a tag. */
  end(): void;
}

/**
 * Reads an answer that begins with `<think>…</think>` as thinking and text; the tags may be cut anywhere (row 80). A tag
 * anywhere else is text: a model may speak about tags.
 */
export function createThinkTags(sink: { text(text: string): void; thinking(text: string): void }): ThinkTags {
  let state: 'start' | 'inside' | 'after' | 'outside' = 'start';
  let held = '';

  const pushStart = (text: string): void => {
    held += text;
    const begun = held.trimStart();
    if (begun.startsWith(open)) {
      state = 'inside';
      held = '';
      pushInside(begun.slice(open.length));
    } else if (!open.startsWith(begun) || held.length > mostBlank) flush();
  };
  const flush = (): void => {
    state = 'outside';
    const text = held;
    held = '';
    sink.text(text);
  };
  const pushInside = (text: string): void => {
    const all = held + text;
    const at = all.indexOf(close);
    if (at === -1) {
      const keep = tagPrefix(all);
      held = all.slice(all.length - keep);
      sink.thinking(all.slice(0, all.length - keep));
      return;
    }
    sink.thinking(all.slice(0, at));
    state = 'after';
    held = '';
    pushAfter(all.slice(at + close.length));
  };
  const pushAfter = (text: string): void => {
    const rest = text.trimStart();
    if (rest === '') return;
    state = 'outside';
    sink.text(rest);
  };
  return {
    push(text) {
      if (state === 'outside') sink.text(text);
      else if (state === 'start') pushStart(text);
      else if (state === 'inside') pushInside(text);
      else pushAfter(text);
    },
    end() {
      if (state === 'inside') sink.thinking(held);
      else if (state === 'start' && held !== '') flush();
      held = '';
    },
  };
}

/** How many characters at the end could be the beginning of the closing tag. */
function tagPrefix(text: string): number {
  for (let length = Math.min(close.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(close.slice(0, length))) return length;
  return 0;
}
