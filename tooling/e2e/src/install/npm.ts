import { delimiter, dirname } from 'node:path';
import type { Processes } from '@ccproxy-internal/test-kit';

export interface NpmOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The Node npm runs on; the running one when absent. */
  readonly node?: string;
}

/** Runs npm and answers its stdout. Throws with what it wrote when it failed. */
export async function npm(processes: Processes, args: readonly string[], options: NpmOptions): Promise<string> {
  const env = withNode(options.env ?? ownEnv(), options.node ?? process.execPath);
  const run = processes.spawn('npm', args, { cwd: options.cwd, env, cmd: true });
  const { code } = await run.ended;
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${run.stdout()}${run.stderr()}`);
  return run.stdout();
}

/** Our environment as a plain record. */
export const ownEnv = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));

/** The environment with the folder of a Node in front of PATH: scripts that begin with `env node` run on it. */
export function withNode(env: Readonly<Record<string, string>>, node: string): Record<string, string> {
  const path = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [path]: [dirname(node), env[path] ?? ''].join(delimiter) };
}
