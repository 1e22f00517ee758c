import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core/config';

/** What a command wrote and how it ended. */
export interface CommandRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** stdout as JSON. */
  json(): Record<string, unknown>;
}

/** A command class of ours, as oclif runs it. */
interface Runnable {
  run(argv: string[], config: Config): Promise<unknown>;
}

/**
 * Runs a command in this process with an environment of its own; stdout and stderr are taken at the process, so that only one command may run
 * at a time. `onOutput` sees each piece as it is written.
 */
export async function runCommand(
  command: Runnable,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  onOutput: (text: string) => void = () => {},
): Promise<CommandRun> {
  const config = await Config.load(fileURLToPath(new URL('../../package.json', import.meta.url)));
  const written = { stdout: '', stderr: '' };
  const before = {
    env: { ...process.env },
    exitCode: process.exitCode,
    stdout: process.stdout.write.bind(process.stdout),
    stderr: process.stderr.write.bind(process.stderr),
  };
  Object.assign(process.env, env);
  process.exitCode = undefined;
  const take = (stream: 'stdout' | 'stderr') =>
    ((text: string | Uint8Array, ...rest: unknown[]) => {
      const piece = typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
      written[stream] += piece;
      onOutput(piece);
      for (const callback of rest) if (typeof callback === 'function') callback();
      return true;
    }) as typeof process.stdout.write;
  process.stdout.write = take('stdout');
  process.stderr.write = take('stderr');
  try {
    await command.run([...argv], config);
    const { stdout, stderr } = written;
    return { stdout, stderr, exitCode: exitCodeNow(), json: () => JSON.parse(stdout) as Record<string, unknown> };
  } finally {
    process.stdout.write = before.stdout;
    process.stderr.write = before.stderr;
    for (const name of Object.keys(process.env)) if (!(name in before.env)) delete process.env[name];
    Object.assign(process.env, before.env);
    process.exitCode = before.exitCode;
  }
}

/** What the command set; the type of a variable that was assigned above would say it cannot have changed. */
function exitCodeNow(): number {
  return Number(process.exitCode ?? 0);
}
