import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { asCcproxyError, errnoHint, parseJson } from '@ccproxy/kernel';
import { errors } from '../errors.js';

/** A request to explain: the bytes of its body, and its headers by name in lower case. */
export interface RequestFile {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Largest file that is read, bytes: as much as a daemon takes by default. */
const largest = 32 * 1024 * 1024;

/**
 * Reads the body of a Messages request from a file (`-`: stdin), or a map of `headers` and `body`.
 * @throws CCP_USAGE when it is not JSON or too large, and what the disk says
 */
export async function readRequestFile(file: string, stdin: NodeJS.ReadableStream): Promise<RequestFile> {
  const content = file === '-' ? await text(stdin) : await readText(file);
  if (Buffer.byteLength(content) > largest) throw errors.CCP_USAGE({ message: `${file} is larger than ${largest} bytes` });
  const parsed = parseJson(content);
  if (!parsed.ok) throw errors.CCP_USAGE({ message: `${file} is not JSON`, hint: 'Give the body of a Messages request as JSON.' });
  const { body, headers } = fields(parsed.value);
  if (typeof body !== 'object' || body === null) return { body: Buffer.from(content), headers: {} };
  const named = Object.entries(fields(headers)).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
  );
  return { body: Buffer.from(JSON.stringify(body)), headers: Object.fromEntries(named) };
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw errnoHint(error, { action: 'read', file }) ?? asCcproxyError(error);
  }
}
