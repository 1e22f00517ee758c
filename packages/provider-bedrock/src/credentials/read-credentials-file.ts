import { readFile } from 'node:fs/promises';
import { errnoOf } from '@ccproxy/kernel';
import { type FoundKeys, keysOf } from './found-keys.js';

/** Reads the credentials of a profile from a file of the AWS tools. Never rejects. */
export async function readCredentialsFile(file: string, profile: string): Promise<FoundKeys> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    return { reason: `the credentials file cannot be read (${code})` };
  }
  const values = profileOf(text, profile);
  if (values === undefined) return { reason: `the credentials file has no profile "${profile.slice(0, 64)}"` };
  return keysOf(
    { id: values.get('aws_access_key_id'), secret: values.get('aws_secret_access_key'), token: values.get('aws_session_token') },
    `the profile "${profile.slice(0, 64)}"`,
  );
}

/** The settings of one `[profile]`; undefined when it is not there. */
function profileOf(text: string, profile: string): ReadonlyMap<string, string> | undefined {
  let found: Map<string, string> | undefined;
  let inside = false;
  for (const line of text.split(/\r?\n/u)) {
    const section = /^\s*\[([^\]]*)\]/u.exec(line)?.[1];
    if (section !== undefined) {
      inside = section.trim() === profile;
      if (inside) found ??= new Map();
      continue;
    }
    const at = line.indexOf('=');
    if (inside && at > 0 && !/^\s*[#;]/u.test(line)) found?.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
  }
  return found;
}
