import type { FileHandle } from 'node:fs/promises';

const blockSize = 64 * 1024;
/** Most bytes read from the end, however long the lines are. */
const maxBytes = 16 * 1024 * 1024;
const newline = 10;

export interface LogTail {
  /** Complete lines, oldest first. */
  readonly lines: string[];
  /** Offset behind the last complete line: where following goes on. */
  readonly end: number;
}

/** The last `count` complete lines of an open file, read from its end; at most 16 MiB of it. */
export async function readTail(handle: FileHandle, count: number): Promise<LogTail> {
  const { size } = await handle.stat();
  const blocks: Buffer[] = [];
  let start = size;
  let newlines = 0;
  // One newline more than lines: the one before the first line wanted.
  while (start > 0 && newlines <= count && size - start < maxBytes) {
    const length = Math.min(blockSize, start);
    start -= length;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
    const block = buffer.subarray(0, bytesRead);
    for (let at = block.indexOf(newline); at >= 0; at = block.indexOf(newline, at + 1)) newlines++;
    blocks.unshift(block);
  }
  const text = Buffer.concat(blocks);
  const complete = text.lastIndexOf(newline) + 1;
  const lines = text.subarray(0, complete).toString('utf8').split('\n').slice(0, -1);
  if (start > 0) lines.shift();
  return { lines: count === 0 ? [] : lines.slice(-count), end: start + complete };
}
