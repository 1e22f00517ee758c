import { mkdir, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What may stand in an entry beside the address; keys and values go to the file as they are. */
export type Variables = Readonly<Record<string, string>>;

/**
 * Writes the tree the hooks read, straight from docs/adr/0009: a second writer, so that the hooks are held to the page and not to the
 * package that writes it in earnest.
 */
export class StateTree {
  #serial = 0;
  #address = '4 3456 0';
  readonly stateDir: string;

  constructor(stateDir: string) {
    this.stateDir = stateDir;
  }

  /** Allows contents of a project; the first one's copy is number 0. `variables` hold for every content, `blocks[n]` for content n. */
  async allow(
    project: string,
    contents: readonly (string | Uint8Array)[],
    variables: Variables = { ANTHROPIC_BASE_URL: '/p/abc' },
    blocks: readonly Variables[] = [],
  ): Promise<void> {
    const lines = (map: Variables): string[] => Object.entries(map).map(([key, value]) => `${key}=${value}`);
    const records = ['1', ...lines(variables), ...blocks.flatMap((block, index) => [`@${index}`, ...lines(block)])];
    await this.raw(project, contents, Buffer.from(records.map((record) => `${record}\0`).join('')));
  }

  /** The same with the bytes of `.ccproxy-env` as given. */
  async raw(project: string, contents: readonly (string | Uint8Array)[], environment: Uint8Array): Promise<void> {
    const entry = path.join(this.stateDir, 'env', project);
    await mkdir(entry, { recursive: true, mode: 0o700 });
    for (const number of [0, 1, 2, 3, 4, 5, 6, 7]) await rm(path.join(entry, `.ccproxy-trusted.${number}`), { force: true });
    await writeFile(path.join(entry, '.ccproxy-env'), environment, { mode: 0o600 });
    for (const [number, content] of contents.entries()) {
      const file = path.join(entry, `.ccproxy-trusted.${number}`);
      await writeFile(file, content, { mode: 0o600 });
      // A clock that ticks slowly must not make a file that is written next look as old as the copy.
      const time = new Date(Date.now() - 5000);
      await utimes(file, time, time);
    }
    await this.bump();
  }

  async deny(project: string): Promise<void> {
    await this.raw(project, [], new Uint8Array());
  }

  /** `pid` > 0: the mark is a link that dangles once that process is gone. */
  async serve(port: number, pid = 0, family: 4 | 6 = 4): Promise<void> {
    this.#address = `${family} ${port} ${pid}`;
    await this.bump();
  }

  async stop(): Promise<void> {
    await this.serve(0);
  }

  async bump(): Promise<void> {
    const shellDir = path.join(this.stateDir, 'shell');
    const id = `epoch${process.pid}x${(this.#serial += 1)}`.padEnd(8, '0');
    const pid = this.#address.split(' ')[2] ?? '0';
    await mkdir(shellDir, { recursive: true, mode: 0o700 });
    if (pid === '0') await writeFile(path.join(shellDir, `epoch.${id}`), '');
    else await symlink(`/proc/${pid}/stat`, path.join(shellDir, `epoch.${id}`));
    await writeFile(path.join(shellDir, 'epoch'), `1 ${id} ${this.#address}\n`, { mode: 0o600 });
    for (const name of await readdir(shellDir)) {
      if (name.startsWith('epoch.') && name !== `epoch.${id}`) await rm(path.join(shellDir, name), { force: true });
    }
  }
}
