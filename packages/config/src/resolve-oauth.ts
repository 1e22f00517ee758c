import type { OAuthAuth, OAuthSource } from './oauth-source.js';
import type { ParsedConfig } from './schema.js';

type Written = NonNullable<Exclude<ParsedConfig['providers'][string], { readonly type: 'demo' | 'adapter' }>['oauth']>;

/** A program named by a path starts from the file, like every other path; a bare name is looked for in PATH. */
const isPath = (program: string): boolean => /[/\\]/u.test(program);

/** The source of a token as it was written; `file` completes paths. */
export function oauthOf({ refresh, required, ...written }: Written, file: (name: string) => string): OAuthAuth {
  return { kind: 'oauth', source: sourceOf(written, file), refresh, required };
}

function sourceOf(
  { command, file: named, env, timeout, passEnv }: Omit<Written, 'refresh' | 'required'>,
  file: (name: string) => string,
): OAuthSource {
  if (command !== undefined) {
    const [program = '', ...rest] = command;
    return { kind: 'command', argv: [isPath(program) ? file(program) : program, ...rest], timeout, passEnv };
  }
  if (named !== undefined) return { kind: 'file', path: named.path === '' ? '' : file(named.path), pointer: named.pointer };
  return { kind: 'env', name: env ?? '' };
}

/** Why a source says nothing, or undefined. */
export function missingSource(source: OAuthSource): string | undefined {
  if (source.kind === 'command') return source.argv[0] === '' ? 'its oauth.command names no program' : undefined;
  if (source.kind === 'file') return source.path === '' ? 'its oauth.file names no file' : undefined;
  return source.name === '' ? 'its oauth.env names no variable' : undefined;
}
