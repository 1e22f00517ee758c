import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Repository } from '../repository.ts';

/** One key, as @ccproxy/config tells it from its schema. */
interface ConfigKey {
  readonly path: string;
  readonly type: string;
  readonly default: string;
  readonly description: string;
  readonly available: boolean;
}

/** Every key of `ccproxy.yaml`, a table per section. undefined when the package that owns the schema is not built. */
export async function renderConfiguration(repository: Repository): Promise<string | undefined> {
  const file = 'packages/config/dist/index.js';
  if (!repository.exists(file)) return undefined;
  const module = (await import(pathToFileURL(join(repository.root, file)).href)) as { configReference?: () => readonly ConfigKey[] };
  if (module.configReference === undefined) return undefined;
  const sections = Map.groupBy(module.configReference(), (key) => /^\w+/.exec(key.path)?.[0] ?? key.path);
  return [
    '# Configuration',
    'The keys of `ccproxy.yaml`. Generated from the schema: `pnpm docs`.',
    ...[...sections].map(([name, keys]) => section(name, keys)),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(name: string, keys: readonly ConfigKey[]): string {
  const head = keys.find((key) => key.path === name);
  if (head?.available === false)
    return `## ${name}\n\n${[head.description, 'Known, and refused in this version.'].filter((text) => text !== '').join(' ')}`;
  const rows = keys
    .filter((key) => key !== head || keys.length === 1)
    .map((key) => `| \`${key.path}\` | ${cell(key.type)} | ${key.default === '' ? '' : `\`${cell(key.default)}\``} | ${text(key)} |`);
  const intro = head === undefined || head.description === '' ? [] : [head.description];
  return [`## ${name}`, ...intro, ['| key | type | default | |', '|---|---|---|---|', ...rows].join('\n')].join('\n\n');
}

const text = (key: ConfigKey): string => cell(key.available ? key.description : `${key.description} Refused in this version.`.trim());
const cell = (value: string): string => value.replaceAll('|', '\\|').replaceAll('\n', ' ');
