import type { CcproxyError, ErrorCode } from './ccproxy-error.js';
import { errors } from './errors.js';

type FileErrorCode = Extract<keyof typeof errors, ErrorCode>;

const codes: Readonly<Record<string, readonly [FileErrorCode, string]>> = {
  ENOSPC: ['CCP_DISK_FULL', 'the disk is full'],
  EDQUOT: ['CCP_DISK_FULL', 'the disk quota is used up'],
  EFBIG: ['CCP_DISK_FULL', 'the limit on the size of files is reached'],
  EACCES: ['CCP_PERMISSION_DENIED', 'permission denied'],
  EPERM: ['CCP_PERMISSION_DENIED', 'operation not permitted'],
  EROFS: ['CCP_READ_ONLY', 'the file system is read-only'],
  EMFILE: ['CCP_TOO_MANY_FILES', 'this process has too many open files'],
  ENFILE: ['CCP_TOO_MANY_FILES', 'the machine has too many open files'],
  ENOENT: ['CCP_PATH_MISSING', 'no such file or directory'],
  ENOTDIR: ['CCP_PATH_MISSING', 'a part of the path is not a directory'],
};

/** The `code` of a Node system error (`ENOENT`), or undefined. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Turns a system error of the file system into a coded error that says what to do.
 * `action` completes "cannot …" (`write the log`); `file` defaults to the path of the system error.
 * Returns undefined when the error has no such name.
 */
export function errnoHint(error: unknown, context: { readonly action?: string; readonly file?: string } = {}): CcproxyError | undefined {
  const known = codes[errnoOf(error) ?? ''];
  if (known === undefined) return undefined;
  const [code, reason] = known;
  const file = context.file ?? pathOf(error);
  const subject = `cannot ${context.action ?? 'use'}${file === undefined ? '' : ` ${file}`}`;
  return errors[code]({ message: `${subject}: ${reason}`, cause: error, ...(file === undefined ? {} : { where: { file } }) });
}

function pathOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : undefined;
}
