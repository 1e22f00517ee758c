import { entryDirectory, type EntryContent, writeEntry } from './shell-entry.js';
import type { ProjectPlaces } from './project-places.js';
import type { ProjectRecord } from './project-record.js';

/** Features of the client that sessions may switch on. */
export interface ShellFeatures {
  readonly toolSearch: boolean;
  readonly hintHeaders: boolean;
  readonly modelDiscovery: boolean;
}

/**
 * Writes what differs in the entries of a project, one per path it is known by, from the stored copies. Does not bump the epoch; returns
 * whether that is due.
 * @param profileOf name of the profile a stored copy selects, if any
 * @param renewed slots that were allowed just now
 */
export async function publishProject(
  places: ProjectPlaces,
  record: ProjectRecord,
  options: {
    readonly features: ShellFeatures;
    readonly profileOf: (bytes: Buffer) => string | undefined;
    readonly renewed?: ReadonlySet<number>;
  },
): Promise<boolean> {
  const token = await places.store.token(record.id);
  const copies = await Promise.all(record.contents.map((content) => places.store.content(record, content)));
  const entry: EntryContent = {
    variables: { ...addressVariables(record.id, token), ...featureVariables(options.features) },
    contents: copies.map((bytes) => ({ bytes, variables: { CCPROXY_PROFILE: options.profileOf(bytes) ?? 'default' } })),
  };
  let due = false;
  for (const directory of [record.path, ...record.aliases]) {
    due = (await writeEntry(entryDirectory(places.envDir, directory), entry, options.renewed)) || due;
  }
  return due;
}

const loopback = '127.0.0.1,localhost';

function addressVariables(id: string, token: string | undefined): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: `/p/${id}`,
    ...(token === undefined ? {} : { ANTHROPIC_CUSTOM_HEADERS: `x-ccproxy-token: ${token}` }),
    NO_PROXY: loopback,
    no_proxy: loopback,
  };
}

function featureVariables({ toolSearch, hintHeaders, modelDiscovery }: ShellFeatures): Record<string, string> {
  return {
    ...(toolSearch ? { ENABLE_TOOL_SEARCH: 'true' } : {}),
    ...(hintHeaders ? { CLAUDE_CODE_GATEWAY_HINT_HEADERS: '1' } : {}),
    ...(modelDiscovery ? { CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1' } : {}),
  };
}
