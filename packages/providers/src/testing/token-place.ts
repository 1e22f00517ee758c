import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory with a program that prints a token and counts how often it ran. */
export class TokenPlace {
  readonly dir = mkdtempSync(join(tmpdir(), 'ccproxy-token-'));

  /** Writes a file and returns its path. */
  write(name: string, text: string, mode = 0o600): string {
    const file = join(this.dir, name);
    writeFileSync(file, text, { mode });
    return file;
  }

  /** What the program prints from now on. */
  set token(value: string) {
    this.write('token', value);
  }

  /** Words of a command that prints the token and notes each run; `before` is shell code that runs first. */
  command(before = ''): readonly string[] {
    const program = `#!/bin/sh\necho run >> '${join(this.dir, 'runs')}'\n${before}\ncat '${join(this.dir, 'token')}'\n`;
    return [this.write('print-token', program, 0o755)];
  }

  /** How often it ran. */
  get runs(): number {
    try {
      return readFileSync(join(this.dir, 'runs'), 'utf8').split('\n').length - 1;
    } catch {
      // It did not run yet.
      return 0;
    }
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
