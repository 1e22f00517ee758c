import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@ccproxy-internal/test-kit';
import type { Installation } from '../daemon/installation.ts';

export type ShellName = 'bash' | 'zsh' | 'fish';
export const shellNames: readonly ShellName[] = ['bash', 'zsh', 'fish'];

/** A shell in a terminal nobody looks at. */
export interface ShellTerminal {
  /** Types a line and presses Enter. */
  line(text: string): void;
  /** Presses keys by their tmux names, as `M-Left`. */
  press(...keys: readonly string[]): void;
  /** Types a line that prints the expression (of the shell), waits for it, and answers it. */
  ask(expression: string): Promise<string>;
  /** Asks again and again, each time at a new prompt, until the answer is this one. */
  until(expression: string, answer: string): Promise<void>;
  /** What is on the screen, joined lines. */
  screen(): string;
  /** A tmux server started by this shell, as a user does, with its environment of now: a shell in that, in `cwd`. */
  tmux(shell: ShellName, cwd: string): Promise<ShellTerminal>;
}

export interface Terminals {
  open(shell: ShellName, options?: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string }): ShellTerminal;
  close(): void;
}

/** Where a shell of this installation reads its start-up lines. */
export const rcFileOf = (installation: Installation, shell: ShellName): string =>
  join(installation.home.home, { bash: '.bashrc', zsh: '.zshrc', fish: '.config/fish/config.fish' }[shell]);

/** One tmux server for the shells of one installation. */
export function createTerminals(installation: Installation): Terminals {
  const { home, work } = installation.home;
  const bin = join(home, 'bin');
  const environment = installation.home.env({
    ...installation.processes.mark,
    TERM: 'xterm-256color',
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    SHELL: '/bin/sh',
  });
  const outer = join(home, 'tmux.sock');
  const sockets = [outer];
  const run = (socket: string, ...command: readonly string[]): string =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...command], {
      env: environment,
      cwd: work,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  let serial = 0;

  const terminal = (pane: string, socket = outer): ShellTerminal => {
    const tmux = (...command: readonly string[]): string => run(socket, ...command);
    const type = (text: string): void => {
      tmux('send-keys', '-t', pane, '-l', text);
      tmux('send-keys', '-t', pane, 'Enter');
    };
    const screen = (): string => tmux('capture-pane', '-p', '-J', '-t', pane);
    const ask = async (expression: string): Promise<string> => {
      const file = join(home, 'answers', `${(serial += 1)}`);
      mkdirSync(join(home, 'answers'), { recursive: true });
      const answered = (): string | undefined => {
        const read = existsSync(file) ? readFileSync(file, 'utf8') : '';
        return read.endsWith('end\n') ? read : undefined;
      };
      // A shell that is just starting, or was interrupted, forgets what was typed: then it is typed again.
      const typed = async (tries: number): Promise<string> => {
        type(` echo "${expression}" > ${file}; echo end >> ${file}`);
        try {
          return await waitFor(answered, { what: `the answer to ${expression}`, timeoutMs: 6000 });
        } catch (error) {
          if (tries === 1) throw new Error(`there was no answer; the screen shows:\n${screen()}`, { cause: error });
          return typed(tries - 1);
        }
      };
      const text = await typed(5);
      return text.slice(0, -'\nend\n'.length);
    };
    return {
      line: type,
      press: (...keys) => void tmux('send-keys', '-t', pane, ...keys),
      ask,
      until: async (expression, answer) => {
        let seen = '';
        await waitFor(
          async () => {
            seen = await ask(expression);
            if (seen !== answer) throw new Error(`it is "${seen}"`);
            return true;
          },
          // Each look is a prompt of the shell, with all that runs there.
          { what: `${expression} = ${answer}`, timeoutMs: 30_000, intervalMs: 100 },
        );
      },
      screen,
      tmux: async (shell, cwd) => {
        const inner = join(home, `inner${(serial += 1)}.sock`);
        type(` tmux -S ${inner} -f /dev/null new-session -d -x 150 -y 40 -c ${cwd} '${shell} -i'`);
        await waitFor(() => existsSync(inner), { what: 'the inner tmux' });
        sockets.push(inner);
        return terminal('%0', inner);
      },
    };
  };

  return {
    open: (shell, { env: extra = {}, cwd = work } = {}) => {
      const variables = Object.entries(extra).map(([name, value]) => `${name}=${value}`);
      const size = ['-x', '150', '-y', '40'];
      const command = ['env', ...variables, shell, '-i'].map((word) => `'${word}'`).join(' ');
      const pane = run(outer, 'new-session', '-d', '-P', '-F', '#{pane_id}', ...size, '-c', cwd, command).trim();
      return terminal(pane);
    },
    close: () => {
      for (const socket of sockets) {
        try {
          run(socket, 'kill-server');
        } catch {
          // No shell was left, and so no server.
        }
      }
    },
  };
}
