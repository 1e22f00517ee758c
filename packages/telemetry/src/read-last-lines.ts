import { type FileHandle, open } from 'node:fs/promises';
import { asCcproxyError } from '@ccproxy/kernel';
import { errors } from './errors.js';

const blockSize = 64 * 1024;
/** Most bytes read from the end, however long the lines are. */
const maxBytes = 16 * 1024 * 1024;

/** The last `count` lines of a file, oldest first, reading from its end; 16 MiB at most. @throws CCP_LOG_UNREADABLE */
export async function readLastLines(file: string, count: number): Promise<string[]> {
  if (count <= 0) return [];
  try {
    const handle = await open(file, 'r');
    try {
      return await fromEnd(handle, count);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw errors.CCP_LOG_UNREADABLE({
      message: `the log ${file} cannot be read: ${asCcproxyError(error).message}`,
      where: { file },
      cause: error,
    });
  }
}

async function fromEnd(handle: FileHandle, count: number): Promise<string[]> {
  const { size } = await handle.stat();
  const blocks: Buffer[] = [];
  let newlines = 0;
  let start = size;
  // One newline more than lines: the one before the first line wanted (the last line ends with one of its own).
  while (start > 0 && newlines <= count && size - start < maxBytes) {
    const length = Math.min(blockSize, start);
    start -= length;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
    const block = buffer.subarray(0, bytesRead);
    for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, at + 1)) newlines++;
    blocks.unshift(block);
  }
  const lines = Buffer.concat(blocks).toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (start > 0) lines.shift();
  return lines.slice(-count);
}
