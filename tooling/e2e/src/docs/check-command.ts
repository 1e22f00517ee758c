import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@ccproxy-internal/test-kit';

interface ManifestFlag {
  readonly name: string;
  readonly char?: string;
  readonly allowNo?: boolean;
}

/** The part of oclif's manifest that says which commands there are. */
export interface Manifest {
  readonly commands: Readonly<Record<string, { readonly flags: Readonly<Record<string, ManifestFlag>> }>>;
}

/** Topics of the plugins that ship with the command line. */
const pluginTopics = new Set(['autocomplete', 'help', 'plugins']);
const everywhere = new Set(['--help', '--json']);

/** The manifests of the built command line and of its plugins in this repository, as one. */
export function readManifest(): Manifest {
  const plugins = readdirSync(join(repositoryRoot, 'packages')).map((name) => join('packages', name));
  const commands = ['apps/cli', ...plugins]
    .map((folder) => join(repositoryRoot, folder, 'oclif.manifest.json'))
    .filter((file) => existsSync(file))
    .map((file) => (JSON.parse(readFileSync(file, 'utf8')) as Manifest).commands);
  return { commands: Object.assign({}, ...commands) as Manifest['commands'] };
}

/** Why a command line does not exist as it is written, or undefined. Arguments of the client, after `--`, are not looked at. */
export function commandProblem(line: string, manifest: Manifest): string | undefined {
  const words = (line.split(/ --(?= |$)/)[0] ?? '').split(/\s+/);
  const [first = '', second = ''] = words;
  if (/^[-<]/.test(first) || pluginTopics.has(first)) return undefined;
  const command = manifest.commands[`${first}:${second}`] ?? manifest.commands[first];
  if (command === undefined) return `there is no command \`ccproxy ${first}${second.startsWith('-') ? '' : ` ${second}`.trimEnd()}\``;
  const flags = new Set(
    Object.values(command.flags).flatMap(({ name, char, allowNo }) => [
      `--${name}`,
      ...(char === undefined ? [] : [`-${char}`]),
      ...(allowNo === true ? [`--no-${name}`] : []),
    ]),
  );
  const unknown = words
    .map((word) => word.split('=')[0] ?? '')
    .find((word) => /^--?[a-z]/.test(word) && !flags.has(word) && !everywhere.has(word));
  return unknown === undefined ? undefined : `\`ccproxy ${first}\` has no flag ${unknown}`;
}
