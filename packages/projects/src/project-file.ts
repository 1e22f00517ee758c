import { hash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { errnoHint, errnoOf } from '@ccproxy/kernel';
import { errors } from './errors.js';

/** Name of the file that makes a directory a project. */
export const projectFileName = '.ccproxy.yaml';
/** What every shell can read and compare at once. */
const mostBytes = 65_535;

/** The bytes of a project file, read once: what is checked, compared and stored is the same. */
export interface ProjectFile {
  readonly file: string;
  readonly bytes: Buffer;
  readonly text: string;
  /** SHA-256, hex. */
  readonly digest: string;
  /** Of the very file that was read. */
  readonly stats: Stats;
}

/**
 * Reads the project file of a directory. Pipes and devices are not waited for.
 * @throws CCP_PROJECT_FILE_MISSING, CCP_PROJECT_FILE_REFUSED, CCP_PERMISSION_DENIED
 */
export async function readProjectFile(directory: string): Promise<ProjectFile> {
  const file = path.join(directory, projectFileName);
  const handle = await openFile(file);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw refused(file, 'it is not a regular file');
    if (stats.size > mostBytes) throw refused(file, `it is larger than ${mostBytes} bytes`);
    const bytes = await readBytes(handle, file);
    return { file, bytes, text: decode(bytes, file), digest: digestOf(bytes), stats };
  } finally {
    await handle.close();
  }
}

/** SHA-256 of a content, hex. */
export const digestOf = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw errors.CCP_PROJECT_FILE_MISSING({ message: `There is no ${file}.`, where: { file }, cause: error });
    if (code === 'ELOOP' || code === 'ENXIO') throw refused(file, 'it is not a regular file');
    throw errnoHint(error, { action: 'read', file }) ?? error;
  }
}

/** One byte more than allowed is asked for: a file that grows while it is read is noticed. */
async function readBytes(handle: FileHandle, file: string): Promise<Buffer> {
  const buffer = Buffer.alloc(mostBytes + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > mostBytes) throw refused(file, `it is larger than ${mostBytes} bytes`);
  const bytes = buffer.subarray(0, length);
  if (bytes.includes(0)) throw refused(file, 'it holds a NUL byte');
  return bytes;
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw errors.CCP_PROJECT_FILE_REFUSED({ message: `${file} cannot be used: it is not UTF-8 text`, where: { file }, cause });
  }
}

const refused = (file: string, reason: string): Error =>
  errors.CCP_PROJECT_FILE_REFUSED({ message: `${file} cannot be used: ${reason}`, where: { file } });
