import { Document, isMap, isSeq, parseDocument, YAMLMap } from 'yaml';
import type { ConfigPath } from '../diagnostic.js';
import { errors } from '../errors.js';
import { foreignHint, foreignOwner } from '../foreign-config.js';
import { invalidConfig } from '../invalid-config.js';
import { readYaml } from '../read-yaml.js';
import type { DraftConfig } from './draft.js';
import type { DraftLine } from './fidelity.js';
import { variablesIn } from './imported-variables.js';
import { type Addition, placeIn } from './place-in.js';
import type { ImportSource } from './read-source.js';
import { type Entries, mapOf } from './source-values.js';

export interface MergedConfig {
  /** The whole file. */
  readonly text: string;
  /** Only what was imported. */
  readonly imported: string;
  readonly lines: readonly DraftLine[];
  /** Variables of what was imported, with their places. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
}

interface MergeOptions {
  /** First line of a new file. */
  readonly title: string;
  readonly existing?: ImportSource;
}

/**
 * Writes what was imported as a file of its own, or adds it to an existing one, whose keys, comments and order stay.
 * @throws CCP_CONFIG_FOREIGN, CCP_CONFIG_SYNTAX
 */
export function mergeConfig(config: DraftConfig, lines: readonly DraftLine[], { title, existing }: MergeOptions): MergedConfig {
  const old = existing === undefined ? undefined : readExisting(existing);
  const placed = placeIn(config, lines, old?.tree);
  const variables = variablesIn(placed.config);
  const fresh = new Document({}, { aliasDuplicateObjects: false });
  for (const addition of placeIn(placed.config, [], undefined).additions) add(fresh, addition);
  fresh.commentBefore = ` ${title}\n Every key is described by \`ccproxy config schema\`.`;
  const imported = fresh.toString({ lineWidth: 0 });
  if (old === undefined) return { text: imported, imported, lines: placed.lines, variables };
  for (const addition of placed.additions) add(old.document, addition);
  return { text: old.document.toString({ lineWidth: 0 }), imported, lines: placed.lines, variables };
}

function readExisting({ name, text }: ImportSource): { readonly document: Document; readonly tree: Entries } {
  const { problems, value } = readYaml(text, name);
  if (problems.length > 0) throw invalidConfig(problems, text);
  const owner = foreignOwner(value);
  if (owner !== undefined)
    throw errors.CCP_CONFIG_FOREIGN({
      message: `${name} belongs to another tool (top-level key \`${owner.key}\`)`,
      hint: foreignHint(owner, name),
      where: { file: name },
    });
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw errors.CCP_CONFIG_INVALID({ message: `${name} holds no map of keys`, where: { file: name } });
  const document: Document = parseDocument(text, { version: '1.2', schema: 'core', merge: false });
  if (!isMap(document.contents)) document.contents = new YAMLMap();
  return { document, tree: value as Entries };
}

/** Sets a key, or appends to the list the path ends in. */
function add(document: Document, { path, value }: Addition): void {
  const parent = path.slice(0, -1);
  const last = path.at(-1);
  const found: unknown = parent.length === 0 ? document.contents : document.getIn(parent, true);
  const container = isMap(found) || isSeq(found) ? found : document.createNode(typeof last === 'number' ? [] : {});
  if (container !== found) document.setIn(parent, container);
  // An empty `[]` or `{}` is written over several lines once it holds something.
  if (container.items.length === 0) container.flow = false;
  const old: unknown = document.getIn(path);
  if (isMap(old) && isMap(document.createNode(value)))
    return replace(
      document,
      path,
      old.items.map(({ key }) => String(key)),
      mapOf(value),
    );
  const node = document.createNode(value, { flow: inOneLine(path, value), aliasDuplicateObjects: false });
  if (isSeq(container)) container.add(node);
  else document.setIn(path, node);
}

/** Changes a map in place, so that comments in it stay. */
function replace(document: Document, path: ConfigPath, keys: readonly string[], value: Entries): void {
  for (const key of keys) if (!(key in value)) document.deleteIn([...path, key]);
  for (const [key, item] of Object.entries(value))
    document.setIn(
      [...path, key],
      typeof item === 'object' ? document.createNode(item, { flow: true, aliasDuplicateObjects: false }) : item,
    );
}

/** Targets, rules and capabilities read best in a line each; a provider does not. */
const inOneLine = ([section]: ConfigPath, value: unknown): boolean => section !== 'providers' && typeof value === 'object';
