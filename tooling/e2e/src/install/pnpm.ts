import type { Processes } from '@ccproxy-internal/test-kit';

export interface PnpmOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the pinned pnpm, which is on PATH. Throws with what it wrote when it failed. */
export async function pnpm(processes: Processes, args: readonly string[], options: PnpmOptions): Promise<void> {
  const run = processes.spawn('pnpm', args, { ...options, cmd: true });
  const { code } = await run.ended;
  if (code !== 0) throw new Error(`pnpm ${args.join(' ')} failed:\n${run.stdout()}${run.stderr()}`);
}
