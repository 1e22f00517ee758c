import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../run-command.ts';
import type { Stage } from '../stage.ts';
import type { TestProgram } from '../test-programs.ts';

/** Programs the suites run are there; as root on Debian the missing ones are installed, said aloud. */
export const programsStage = (programs: readonly TestProgram[], say: (line: string) => void): Stage => ({
  name: 'test programs',
  run: async () => {
    const missing = missingPrograms(programs);
    if (missing.length > 0 && mayInstall()) await install(missing, say);
    const absent = missingPrograms(programs);
    return {
      passed: programs.length - absent.length,
      failed: absent.length,
      output:
        absent.length === 0
          ? ''
          : `The tests run ${absent.map(({ program }) => program).join(', ')}, which this machine does not have: install ${absent.length === 1 ? 'it' : 'them'} and run this again.`,
    };
  },
});

export function missingPrograms(programs: readonly TestProgram[], path: string = process.env['PATH'] ?? ''): TestProgram[] {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  const found = (program: string): boolean =>
    path.split(delimiter).some((folder) => endings.some((ending) => existsSync(join(folder, program + ending))));
  return programs.filter(({ program }) => !found(program));
}

const mayInstall = (): boolean => process.getuid?.() === 0 && existsSync('/etc/debian_version');

async function install(missing: readonly TestProgram[], say: (line: string) => void): Promise<void> {
  const packages = missing.map(({ debian }) => debian);
  say(`installing ${packages.join(', ')} with apt-get, which the tests run`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const update = await runCommand('apt-get', ['update', '-qq'], { env });
  const installed = await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
  if (installed.code !== 0) say(`apt-get could not install them: ${(update.output + installed.output).trim().split('\n').at(-1) ?? ''}`);
}
