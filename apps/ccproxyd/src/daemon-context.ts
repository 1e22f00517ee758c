import type { HeapRestOptions } from './heap-rest.js';
import type { ChildProcess } from 'node:child_process';
import type { Clock } from '@ccproxy/kernel';
import type { ParentChannel } from './take-over.js';

/** What is wanted of a successor; absent parts are taken from this process. */
export interface SuccessorRequest {
  readonly argv: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>> | undefined;
  /** It stays until it is stopped, whoever leaves. */
  readonly pinned: boolean;
  /** It may stop by itself. */
  readonly auto: boolean;
}

/** What a daemon gets from the process it runs in. */
export interface DaemonContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string | undefined;
  readonly uid: number | undefined;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  /** Where lines also go in the foreground. */
  readonly stderr: NodeJS.WriteStream;
  /** The channel to the predecessor, with `--takeover`. */
  readonly channel: ParentChannel | undefined;
  /** Starts a process like this one with `--takeover` and a message channel. */
  readonly spawnSuccessor: (request: SuccessorRequest) => ChildProcess;
  /** The memory of this process, where it is the daemon's own. */
  readonly heap?: Pick<HeapRestOptions, 'rss' | 'load' | 'collect'>;
}
