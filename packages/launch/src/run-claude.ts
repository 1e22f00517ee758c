import { errnoOf } from '@ccproxy/kernel';
import { becomeProgram, type BecomingSystem, obstacleToBecoming, thisSystem } from './become-program.js';
import { errors } from './errors.js';
import { insideMarker, nextInsideMarker } from './inside-marker.js';
import { runProgram, type RunProgramOptions } from './run-program.js';

export interface RunClaudeOptions extends RunProgramOptions {
  readonly pid?: number;
}

/**
 * Runs the client as a child in the place of this process.
 * @returns its exit code; 128 + n when signal n ended it
 * @throws CCP_CLAUDE_START, CCP_CLAUDE_NOT_EXECUTABLE
 */
export async function runClaude({ pid = process.pid, ...options }: RunClaudeOptions): Promise<number> {
  const env = { ...options.env, [insideMarker]: nextInsideMarker(options.env, { pid, becomes: false }) };
  try {
    return await runProgram({ ...options, env });
  } catch (error) {
    throw startFailure(options.bin, error);
  }
}

/**
 * Turns this process into the client. Returns only when that is not possible here, with the reason as a sentence fragment: the caller then
 * runs it as a child. `before` is the last thing this process does.
 */
export async function becomeClaude(
  { bin, args, env }: Pick<RunClaudeOptions, 'bin' | 'args' | 'env'>,
  before: () => void,
  system: BecomingSystem = thisSystem(),
): Promise<string> {
  const image = { bin, args, env: { ...env, [insideMarker]: nextInsideMarker(env, { pid: process.pid, becomes: true }) } };
  const obstacle = await obstacleToBecoming(image, system);
  if (obstacle !== undefined) return obstacle;
  before();
  becomeProgram(image, system);
  return 'the system refused';
}

function startFailure(bin: string, error: unknown): Error {
  const code = errnoOf(error) ?? 'unknown reason';
  const notRunnable = code === 'EACCES' || code === 'ENOEXEC' || code === 'EPERM';
  const make = notRunnable ? errors.CCP_CLAUDE_NOT_EXECUTABLE : errors.CCP_CLAUDE_START;
  return make({ message: `${bin} could not be started (${code})`, where: { file: bin }, cause: error });
}
