import path from 'node:path';
import { type ExecutableProbe, systemProbe } from './executable-probe.js';

/** A program found, or how the search ended: the exit codes of a shell for both. */
export type FoundProgram =
  | { readonly kind: 'file'; readonly bin: string }
  | { readonly kind: 'missing'; readonly exitCode: 127 }
  | { readonly kind: 'blocked'; readonly exitCode: 126 };

/**
 * Looks a command up as a shell does: a path as it is, a bare name in PATH.
 * @returns the absolute path; on Windows only programs that need no shell
 */
export async function findProgram(
  command: string,
  place: { readonly env: Readonly<Record<string, string | undefined>>; readonly cwd: string; readonly platform: NodeJS.Platform },
  probe: ExecutableProbe = systemProbe,
): Promise<FoundProgram> {
  let blocked = false;
  for (const bin of candidates(command, place)) {
    const kind = await probe.kind(bin);
    if (kind === 'file') return { kind, bin };
    blocked ||= kind === 'blocked';
  }
  return blocked ? { kind: 'blocked', exitCode: 126 } : { kind: 'missing', exitCode: 127 };
}

function candidates(command: string, { env, cwd, platform }: Parameters<typeof findProgram>[1]): string[] {
  const windows = platform === 'win32';
  const place = windows ? path.win32 : path.posix;
  const names = windows && !/\.[a-z]+$/iu.test(command) ? [`${command}.exe`, command] : [command];
  if (/[/\\]/u.test(command)) return names.map((name) => place.resolve(cwd, name));
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(windows ? ';' : ':').filter((folder) => folder !== '');
  return folders.flatMap((folder) => names.map((name) => place.resolve(cwd, folder, name)));
}
