import type { Repository } from './repository.ts';

/** A rule over the repository. Every problem is one sentence that names the file and says what to do. */
export interface Check {
  readonly name: string;
  run(repository: Repository): readonly string[] | Promise<readonly string[]>;
}
