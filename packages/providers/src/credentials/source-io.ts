import { spawn } from 'node:child_process';
import { readSecretFile } from '@ccproxy/config';

/** What a source reaches of the machine. */
export interface SourceIo {
  readonly spawn: typeof spawn;
  /** Content of a file without surrounding white space, or a sentence why not. */
  readonly readFile: (path: string) => Promise<{ readonly content: string } | { readonly reason: string }>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** The machine itself; `env` is the environment of the daemon. */
export const systemSourceIo = (env: SourceIo['env']): SourceIo => ({ spawn, readFile: readSecretFile, env, platform: process.platform });
