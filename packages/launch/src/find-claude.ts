import path from 'node:path';
import { errors } from './errors.js';
import { type ExecutableProbe, systemProbe } from './executable-probe.js';

export interface FindClaudeOptions {
  /** `--claude-bin` */
  readonly flag?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Entries of ccproxy that may be called `claude`; never chosen. */
  readonly self: readonly string[];
  readonly platform: NodeJS.Platform;
  readonly probe?: ExecutableProbe;
}

export interface FoundClaude {
  /** Absolute path. */
  readonly bin: string;
  readonly from: '--claude-bin' | 'CLAUDE_CLI_PATH' | 'PATH';
}

/**
 * Finds the real client: `--claude-bin`, else CLAUDE_CLI_PATH, else the first `claude` in PATH that is not an entry of ccproxy. A bare name
 * in the first two is looked up in PATH, a path is relative to `cwd`.
 * @throws CCP_CLAUDE_NOT_FOUND, CCP_CLAUDE_NOT_EXECUTABLE, CCP_CLAUDE_INSIDE
 */
export async function findClaude(options: FindClaudeOptions): Promise<FoundClaude> {
  const search = new ClaudeSearch(options);
  const variable = options.env['CLAUDE_CLI_PATH'];
  if (options.flag !== undefined && options.flag !== '') return search.named(options.flag, '--claude-bin');
  if (variable !== undefined && variable !== '') return search.named(variable, 'CLAUDE_CLI_PATH');
  return search.inPath('claude', 'PATH');
}

class ClaudeSearch {
  readonly #options: FindClaudeOptions;
  readonly #probe: ExecutableProbe;
  readonly #place: path.PlatformPath;

  constructor(options: FindClaudeOptions) {
    this.#options = options;
    this.#probe = options.probe ?? systemProbe;
    this.#place = options.platform === 'win32' ? path.win32 : path.posix;
  }

  async named(value: string, from: FoundClaude['from']): Promise<FoundClaude> {
    const isPath = /[/\\]/u.test(value) || this.#place.isAbsolute(value);
    if (!isPath) return this.inPath(value, from);
    const bin = this.#place.resolve(this.#options.cwd, value);
    const kind = await this.#probe.kind(bin);
    if (kind === 'missing')
      throw errors.CCP_CLAUDE_NOT_FOUND({ message: `${from} names ${bin}, which does not exist`, where: { file: bin } });
    if (kind === 'blocked' || this.#needsShell(bin)) {
      throw errors.CCP_CLAUDE_NOT_EXECUTABLE({
        message: `${from} names ${bin}, which is not a program that can be started`,
        where: { file: bin },
      });
    }
    if (await this.#isOwn(bin))
      throw errors.CCP_CLAUDE_INSIDE({ message: `${from} names ${bin}, which is ccproxy itself`, where: { file: bin } });
    return { bin, from };
  }

  async inPath(name: string, from: FoundClaude['from']): Promise<FoundClaude> {
    const passed: string[] = [];
    for (const bin of this.#candidates(name)) {
      const kind = await this.#probe.kind(bin);
      if (kind === 'missing') continue;
      if (kind === 'file' && !this.#needsShell(bin) && !(await this.#isOwn(bin))) return { bin, from };
      passed.push(bin);
    }
    const note = passed.length === 0 ? '' : ` (passed over: ${passed.join(', ')})`;
    throw errors.CCP_CLAUDE_NOT_FOUND({ message: `no \`${name}\` was found in PATH${note}` });
  }

  #candidates(name: string): string[] {
    const windows = this.#options.platform === 'win32';
    const { env, cwd } = this.#options;
    const list = env['PATH'] ?? env['Path'] ?? '';
    const names = windows && !/\.[a-z]+$/iu.test(name) ? [`${name}.exe`, `${name}.cmd`] : [name];
    const folders = list.split(windows ? ';' : ':').filter((folder) => folder !== '');
    return [...new Set(folders)].flatMap((folder) => names.map((file) => this.#place.resolve(cwd, folder, file)));
  }

  /** Windows starts `.cmd` and `.bat` only through a shell, and arguments cannot be passed through one unchanged. */
  #needsShell(bin: string): boolean {
    return this.#options.platform === 'win32' && /\.(?:cmd|bat|ps1)$/iu.test(bin);
  }

  /** An entry of ours, reached directly, by link, or by the small script a package manager puts into PATH. */
  async #isOwn(bin: string): Promise<boolean> {
    const real = await this.#probe.realpath(bin);
    for (const own of this.#options.self) if ((await this.#probe.realpath(own)) === real) return true;
    const head = await this.#probe.head(bin);
    return /^(?:#!|@)/u.test(head) && /@ccproxy[/\\]|\bcc-?proxy claude\b/u.test(head);
  }
}
