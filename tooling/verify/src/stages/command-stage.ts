import { runCommand } from '../run-command.ts';
import type { Stage } from '../stage.ts';

/** A tool that judges by its exit code: it counts as one. */
export const commandStage = (name: string, script: string, args: readonly string[] = []): Stage => ({
  name,
  run: async () => {
    const { code, output } = await runCommand(process.execPath, [script, ...args]);
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output };
  },
});
