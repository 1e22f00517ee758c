import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { cliArguments } from './cli-arguments.js';

/** The file of the command line. It is found by name and never imported as a library: the two packages stand on one floor. */
export const installedCli = (): string => createRequire(import.meta.url).resolve('@ccproxy/cli/dist/main.js');

/** Entry of the `claude` bin: does what `ccproxy claude -- …` does, in this process. */
export async function main(argv: readonly string[], file: string = installedCli()): Promise<void> {
  const cli = (await import(pathToFileURL(file).href)) as { main(argv: readonly string[]): Promise<void> };
  await cli.main(cliArguments(argv));
}
