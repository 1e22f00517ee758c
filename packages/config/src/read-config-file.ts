import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errnoOf } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { yamlLimits } from './guard-yaml.js';

export interface ConfigFileContent {
  readonly text: string;
  /** Permission bits; undefined where they mean nothing (Windows). */
  readonly mode: number | undefined;
}

/**
 * Reads a configuration file whole: a regular file of at most 1 MiB in UTF-8. Does not wait on pipes and devices.
 * @throws CCP_CONFIG_NOT_FOUND, CCP_CONFIG_UNREADABLE, CCP_CONFIG_TOO_LARGE
 */
export async function readConfigFile(file: string): Promise<ConfigFileContent> {
  const handle = await openFile(file);
  try {
    return await readOpen(handle, file);
  } finally {
    await handle.close();
  }
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw errors.CCP_CONFIG_NOT_FOUND({ message: `there is no configuration file ${file}`, where: { file }, cause: error });
    }
    throw errors.CCP_CONFIG_UNREADABLE({ message: `${file} cannot be read (${code ?? 'unknown reason'})`, where: { file }, cause: error });
  }
}

async function readOpen(handle: FileHandle, file: string): Promise<ConfigFileContent> {
  const stats = await handle.stat();
  if (!stats.isFile()) {
    const kind = stats.isDirectory() ? 'a directory' : 'not a regular file';
    throw errors.CCP_CONFIG_UNREADABLE({ message: `${file} is ${kind}`, where: { file } });
  }
  if (stats.size > yamlLimits.bytes) throw tooLarge(file);
  // One byte more than allowed: a file that grows while it is read is noticed.
  const buffer = Buffer.alloc(yamlLimits.bytes + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > yamlLimits.bytes) throw tooLarge(file);
  return { text: decode(buffer.subarray(0, length), file), mode: process.platform === 'win32' ? undefined : stats.mode & 0o777 };
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw errors.CCP_CONFIG_SYNTAX({ message: `${file} is not UTF-8 text`, where: { file }, cause: error });
  }
}

function tooLarge(file: string): Error {
  return errors.CCP_CONFIG_TOO_LARGE({ message: `${file} is larger than ${yamlLimits.bytes / 1024} KiB`, where: { file } });
}
