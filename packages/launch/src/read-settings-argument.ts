import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, parseJson } from '@ccproxy/kernel';
import { errors } from './errors.js';
import { isSettingsObject, mergeSettings, type SettingsObject } from './settings-object.js';

/** Larger settings are not anybody's. */
const largestSettings = 4_194_304;

/**
 * Reads the values the user gave with `--settings`, inline JSON or files relative to `cwd`, and merges them in order.
 * Claude Code by itself would obey only the last; here none of them is lost.
 * @throws CCP_CLAUDE_SETTINGS
 */
export async function readSettingsArguments(values: readonly string[], cwd: string): Promise<SettingsObject> {
  const layers: SettingsObject[] = [];
  for (const value of values) layers.push(await readSettingsArgument(value, cwd));
  return mergeSettings(...layers);
}

async function readSettingsArgument(value: string, cwd: string): Promise<SettingsObject> {
  if (value.trim().startsWith('{')) return parseSettings(value, undefined);
  const file = path.resolve(cwd, value);
  const read = value === '' ? { reason: 'no file is named' } : await readSettingsText(file);
  if ('text' in read) return parseSettings(read.text, file);
  throw errors.CCP_CLAUDE_SETTINGS({ message: `the settings file ${file} cannot be read: ${read.reason}`, where: { file } });
}

/** The text of a settings file, or a sentence why there is none. `missing` tells a file that does not exist. */
export async function readSettingsText(
  file: string,
): Promise<{ readonly text: string } | { readonly reason: string; readonly missing: boolean }> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (stats.isDirectory()) return { reason: 'it is a directory', missing: false };
      if (stats.size > largestSettings) return { reason: 'it is too large', missing: false };
      return { text: await handle.readFile('utf8') };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = errnoOf(error);
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    return { reason: missing ? 'it does not exist' : (code ?? 'unknown reason'), missing };
  }
}

function parseSettings(text: string, file: string | undefined): SettingsObject {
  const source = file ?? 'the text given with --settings';
  const parsed = parseJson(text);
  if (!parsed.ok) {
    throw errors.CCP_CLAUDE_SETTINGS({
      message: `${source} is not valid JSON: ${parsed.message} (line ${parsed.line}, column ${parsed.column})`,
      ...(file === undefined ? {} : { where: { file, line: parsed.line, column: parsed.column } }),
    });
  }
  if (isSettingsObject(parsed.value)) return parsed.value;
  throw errors.CCP_CLAUDE_SETTINGS({
    message: `${source} does not hold a JSON object`,
    ...(file === undefined ? {} : { where: { file } }),
  });
}
