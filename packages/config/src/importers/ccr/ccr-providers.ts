import type { ConfigPath } from '../../diagnostic.js';
import { configText } from '../config-text.js';
import { type Credential, isDummyKey, literalCredential, referenceTo, variableFor } from '../credential.js';
import type { Draft, Section } from '../draft.js';
import { type Entries, listOf, mapOf, textOf } from '../source-values.js';
import { ccrEndpoint, type CcrEndpoint } from './ccr-endpoint.js';
import { ccrVariable } from './ccr-text.js';
import { importTransformer, type Named, namedTransformers } from './ccr-transformers.js';

/** Names of providers there, and what they are called here. */
export type CcrNames = ReadonlyMap<string, string>;

const cloud = /^vertex-/iu;

/** Imports every provider; what depends on one that was refused can be refused as well. */
export function importCcrProviders(draft: Draft, root: Entries, timeouts: Section | undefined): CcrNames {
  const names = new Map<string, string>();
  const section = 'Providers' in root ? 'Providers' : 'providers';
  for (const [index, entry] of listOf(root[section]).entries()) {
    const provider = mapOf(entry);
    const imported = importProvider(draft, provider, [section, index], timeouts);
    const name = textOf(provider['name']);
    if (imported !== undefined && name !== undefined && !names.has(name)) names.set(name, imported);
  }
  return names;
}

function importProvider(draft: Draft, provider: Entries, key: ConfigPath, timeouts: Section | undefined): string | undefined {
  const lacking = ['name', 'api_base_url', 'api_key'].filter((part) => textOf(provider[part]) === undefined);
  if (lacking.length > 0) {
    draft.refused(key, `has no ${lacking.join(', ')}: claude-code-router leaves such a provider out, too`);
    return undefined;
  }
  const transformer = mapOf(provider['transformer']);
  const all = namedTransformers(transformer['use'], [...key, 'transformer', 'use']);
  const vertex = all.find(({ name }) => cloud.test(name));
  if (vertex !== undefined) {
    draft.refused(key, 'calls Vertex AI, which is not available in this version');
    return undefined;
  }
  const endpoint = ccrEndpoint(
    textOf(provider['api_base_url']) ?? '',
    all.map(({ name }) => name),
  );
  if (!endpoint.ok) {
    draft.refused(key, `its address ${endpoint.why}`);
    return undefined;
  }
  const name = writeProvider(draft, provider, endpoint, key, timeouts);
  importModels(draft, provider, key);
  importTransformers(draft, { all, transformer, key, name });
  if (provider['tokenizer'] !== undefined)
    draft.approximated([...key, 'tokenizer'], undefined, 'tokens are estimated per model and corrected by what the provider reports');
  return name;
}

function writeProvider(
  draft: Draft,
  provider: Entries,
  endpoint: Extract<CcrEndpoint, { ok: true }>,
  key: ConfigPath,
  timeouts: Section | undefined,
): string {
  const written = textOf(provider['name']) ?? '';
  const section: Section = { type: endpoint.type, baseUrl: endpoint.baseUrl };
  const name = draft.addProvider(written, section);
  const place: ConfigPath = ['providers', name];
  if (name === written) draft.mapped([...key, 'name'], place);
  else
    draft.approximated(
      [...key, 'name'],
      place,
      'the name is not possible here or is taken: `provider,model` in a request needs the new one',
    );
  const [note, ...more] = endpoint.notes;
  if (note === undefined) draft.mapped([...key, 'api_base_url'], [...place, 'baseUrl']);
  else draft.approximated([...key, 'api_base_url'], [...place, 'baseUrl'], [note, ...more].join('; '));
  importKey(draft, { written: textOf(provider['api_key']) ?? '', name, endpoint, section, key: [...key, 'api_key'] });
  if (timeouts !== undefined) section['timeouts'] = { ...timeouts };
  return name;
}

interface KeyOf {
  readonly written: string;
  readonly name: string;
  readonly endpoint: Extract<CcrEndpoint, { ok: true }>;
  readonly section: Section;
  readonly key: ConfigPath;
}

function importKey(draft: Draft, { written, name, endpoint, section, key }: KeyOf): void {
  const variable = ccrVariable(written);
  if (variable === undefined && endpoint.loopback && (endpoint.type === 'ollama' || isDummyKey(written))) {
    draft.approximated(key, ['providers', name], 'a server on this machine needs no key, and there is none');
    return;
  }
  const credential: Credential =
    (variable === undefined ? undefined : referenceTo(variable)) ?? literalCredential(draft, variableFor(name), written);
  section['apiKey'] = credential.written;
  const place: ConfigPath = ['providers', name, 'apiKey'];
  if (credential.note === undefined) draft.mapped(key, place);
  else draft.approximated(key, place, credential.note);
}

function importModels(draft: Draft, provider: Entries, key: ConfigPath): void {
  if (provider['models'] === undefined) return;
  draft.mapped([...key, 'models'], undefined, 'a client may ask for any model of the provider as `provider,model`');
}

interface Transformers {
  readonly all: readonly Named[];
  readonly transformer: Entries;
  readonly key: ConfigPath;
  readonly name: string;
}

function importTransformers(draft: Draft, { all, transformer, key, name }: Transformers): void {
  for (const each of all) importTransformer(draft, each, { provider: name, model: undefined });
  for (const [model, entry] of Object.entries(transformer)) {
    if (model === 'use') continue;
    const place: ConfigPath = [...key, 'transformer', model];
    const usable = configText(model);
    if (usable === undefined || usable.length + name.length > 250) draft.refused(place, 'is no name of a model');
    else
      for (const each of namedTransformers(mapOf(entry)['use'], [...place, 'use']))
        importTransformer(draft, each, { provider: name, model });
  }
}
