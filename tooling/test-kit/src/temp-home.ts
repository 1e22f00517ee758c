import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A user's home of its own: nothing of the real user is read or written by a program that gets its `env`. */
export interface TempHome {
  /** HOME. The path is short, so that sockets below it stay under the system's limit. */
  readonly home: string;
  /** `~/.ccproxy` */
  readonly stateDir: string;
  /** `~/.ccproxy/ccproxy.yaml` */
  readonly configFile: string;
  /** A folder to work in, empty. */
  readonly work: string;
  /** A whole environment for a child process: PATH and these, no provider keys, no proxies of the caller. */
  env(extra?: Readonly<Record<string, string>>): Record<string, string>;
  /** Writes the user's configuration; an object is written as JSON, which is YAML. Answers the file's path. */
  writeConfig(config: string | Readonly<Record<string, unknown>>): string;
  /** Writes a file below HOME, folders included; answers its path. */
  write(path: string, text: string, mode?: number): string;
  remove(): void;
  [Symbol.dispose](): void;
}

export function createTempHome(): TempHome {
  // macOS: the temporary folder is a link; programs report the real path.
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'ccp-'));
  const stateDir = join(home, '.ccproxy');
  const configFile = join(stateDir, 'ccproxy.yaml');
  const work = join(home, 'work');
  mkdirSync(stateDir, { mode: 0o700 });
  mkdirSync(work);

  const write = (path: string, text: string, mode = 0o600): string => {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode });
    return file;
  };
  const remove = (): void => rmSync(home, { recursive: true, force: true, maxRetries: 5 });

  return {
    home,
    stateDir,
    configFile,
    work,
    env: (extra = {}) => ({
      ...keep(['PATH', 'SystemRoot', 'ComSpec', 'PATHEXT', 'NODE_V8_COVERAGE']),
      HOME: home,
      USERPROFILE: home,
      LANG: 'C.UTF-8',
      TERM: 'dumb',
      NO_PROXY: '127.0.0.1,localhost',
      ...extra,
    }),
    writeConfig: (config) =>
      write(join('.ccproxy', 'ccproxy.yaml'), typeof config === 'string' ? config : `${JSON.stringify(config, null, 2)}\n`),
    write,
    remove,
    [Symbol.dispose]: remove,
  };
}

function keep(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}
