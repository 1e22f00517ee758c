import type { OAuthSource } from '@ccproxy/config';
import type { Clock } from '@ccproxy/kernel';
import { readTokenFile } from './read-token-file.js';
import { runTokenCommand } from './run-token-command.js';
import type { SourceIo } from './source-io.js';
import { type Fetched, tokenOfText } from './token-of-text.js';

/** Asks a source once. Never rejects: what goes wrong is the answer. */
export async function fetchToken(source: OAuthSource, io: SourceIo, clock: Clock, signal: AbortSignal): Promise<Fetched> {
  if (source.kind === 'command') return runTokenCommand(source, io, clock, signal);
  if (source.kind === 'file') return readTokenFile(source, io);
  const value = Object.hasOwn(io.env, source.name) ? io.env[source.name] : undefined;
  return value === undefined
    ? { reason: `environment variable ${source.name} is not set` }
    : tokenOfText(value, `the variable ${source.name}`);
}
