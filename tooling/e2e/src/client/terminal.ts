import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Processes, waitFor } from '@ccproxy-internal/test-kit';

/** What runs in a terminal, and where; a side of a comparison is one. */
export interface TerminalPlace {
  readonly home: { readonly home: string; readonly work: string };
  readonly env: Readonly<Record<string, string>>;
  /** Program and first arguments. */
  readonly command: readonly string[];
}

/** A program in a terminal of 120 × 40 characters that nobody looks at: a tmux server of its own, ended with `close`. */
export interface Terminal {
  /** What is on the screen now. */
  screen(): string;
  /** Waits until the screen shows the text; answers the screen. */
  shows(text: string): Promise<string>;
  type(text: string): void;
  /** A key by its tmux name, as `Enter`. */
  press(key: string): void;
  /** Waits for the end of the program; answers its exit code. */
  exitCode(): Promise<number>;
  resize(columns: number, rows: number): void;
  close(): void;
}

const patience = { timeoutMs: 90_000, intervalMs: 100 };

/** Runs a program and writes its exit code to the file `$0`: tmux 3.3 does not always know it. */
const recordExit = '"$@"; echo $? >"$0"';

/** Starts a program, such as the client of a side, interactive. */
export function openTerminal(side: TerminalPlace, args: readonly string[], processes: Processes): Terminal {
  const { home, work } = side.home;
  const exitFile = join(home, 'exit-code');
  const env = { ...side.env, ...processes.mark, TERM: 'xterm-256color' };
  const tmux = (...command: string[]): string =>
    execFileSync('tmux', ['-S', join(home, 'tmux.sock'), '-f', '/dev/null', ...command], { env, cwd: work, encoding: 'utf8' });
  const screen = (): string => tmux('capture-pane', '-p');
  const until = <T>(what: string, look: () => T | undefined): Promise<NonNullable<T>> =>
    waitFor(
      () => {
        const found = look();
        if (!found) throw new Error(`the screen shows:\n${screen()}`);
        return found;
      },
      { ...patience, what },
    );

  const size = ['-x', '120', '-y', '40'];
  // The screen outlives the program; the option has to be there before it starts.
  const keepScreen = ['start-server', ';', 'set-option', '-g', 'remain-on-exit', 'on', ';'];
  tmux(...keepScreen, 'new-session', '-d', ...size, 'sh', '-c', recordExit, exitFile, ...side.command, ...args);
  return {
    screen,
    shows: (text) =>
      until(`"${text}" on the screen`, () => {
        const shown = screen();
        return shown.includes(text) ? shown : undefined;
      }),
    type: (text) => void tmux('send-keys', '-l', text),
    press: (key) => void tmux('send-keys', key),
    exitCode: async () =>
      Number(await until('the end of the program', () => (existsSync(exitFile) ? readFileSync(exitFile, 'utf8').trim() : undefined))),
    resize: (columns, rows) => void tmux('resize-window', '-x', String(columns), '-y', String(rows)),
    close: () => void tmux('kill-server'),
  };
}
