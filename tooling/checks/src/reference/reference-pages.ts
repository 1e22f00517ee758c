import type { Repository } from '../repository.ts';
import { renderCliClosure } from './cli-closure.ts';
import { renderCommands } from './commands.ts';
import { renderConfiguration } from './configuration.ts';
import { renderErrors } from './error-tables.ts';
import { renderIpcMethods } from './ipc-methods.ts';
import { packLists, renderPackLists } from './pack-lists.ts';
import { renderTranslationRows } from './translation-rows.ts';

/** A page that is written from the code, and checked in so that a change of the surface is seen in review. */
export interface ReferencePage {
  readonly path: string;
  /** undefined: what it is made from is not built. */
  readonly render: (repository: Repository) => Promise<string | undefined> | string | undefined;
}

export const referencePages: readonly ReferencePage[] = [
  { path: 'docs/reference/errors.md', render: renderErrors },
  { path: 'docs/reference/configuration.md', render: renderConfiguration },
  { path: 'docs/reference/ipc.md', render: renderIpcMethods },
  { path: 'docs/reference/commands.md', render: renderCommands },
  { path: 'docs/reference/cli-closure.txt', render: renderCliClosure },
  { path: 'docs/reference/translation-rows.md', render: renderTranslationRows },
  { path: 'docs/reference/pack-lists.txt', render: (repository) => renderPackLists(packLists(repository)) },
];
