import { errors } from './errors.js';
import { beginMark, createdNote, endMark } from './render-stub.js';

/** One stub in a start-up file, by its place in the text. */
interface StubBlock {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The stubs in the text of a start-up file, in order. @throws CCP_SHELL_RC_UNUSABLE */
export function findStubs(text: string): readonly StubBlock[] {
  const blocks: StubBlock[] = [];
  for (let from = markAt(text, beginMark, 0); from >= 0; from = markAt(text, beginMark, blocks.at(-1)?.end ?? text.length)) {
    const last = markAt(text, endMark, from);
    if (last < 0) throw errors.CCP_SHELL_RC_UNUSABLE({ message: `the line \`${beginMark}\` has no \`${endMark}\` after it` });
    const lineEnd = text.indexOf('\n', last);
    const end = lineEnd < 0 ? text.length : lineEnd + 1;
    const start = ownsLineEndBefore(text, from, end) ? from - 1 : from;
    blocks.push({ start, end, text: text.slice(start, end) });
  }
  return blocks;
}

/** The text without any stub: byte for byte what it was before they were appended. @throws CCP_SHELL_RC_UNUSABLE */
export function removeStubs(text: string): string {
  let rest = text;
  // Each is looked up in what is left: removing one decides whether the line end before another is its own.
  for (let last = findStubs(rest).at(-1); last !== undefined; last = findStubs(rest).at(-1)) {
    rest = rest.slice(0, last.start) + rest.slice(last.end);
  }
  return rest;
}

/** The text with exactly this stub: where the first one stands, else at the end. @throws CCP_SHELL_RC_UNUSABLE */
export function placeStub(text: string, stub: string): string {
  const [first, ...others] = findStubs(text);
  if (first === undefined) return text + stub;
  if (others.length === 0 && first.text === stub) return text;
  const head = text.slice(0, first.start);
  return head + stub + removeStubs(text.slice(first.end));
}

/** Whether the file was made for the stub. */
export function createdForStub(text: string): boolean {
  return text.includes(`${beginMark}${createdNote}`);
}

/** A mark counts at the beginning of a line. */
function markAt(text: string, mark: string, from: number): number {
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + 1)) {
    if (at === 0 || text[at - 1] === '\n') return at;
  }
  return -1;
}

/** The stub begins with a line end. When somebody deleted that empty line, the line end before belongs to the line above. */
function ownsLineEndBefore(text: string, from: number, end: number): boolean {
  if (from === 0) return false;
  return from === 1 || text[from - 2] === '\n' || end === text.length;
}
