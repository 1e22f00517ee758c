import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ccproxyBin } from '@ccproxy-internal/test-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTerminal, type Terminal } from '../client/terminal.ts';
import { createInstallation, demoConfig, type Installation } from '../daemon/installation.ts';

const claudeBin = fileURLToPath(new URL('../../../../packages/claude/bin/claude.js', import.meta.url));

/**
 * A client that shows every signal it gets and every line it reads. A closed terminal ends its input and says SIGHUP to it, and so does who runs it:
 * bash 5.2 drops its EXIT trap when a signal arrives within it, so that each of the two notes the end, and the first SIGHUP turns the signal off.
 */
const client = `#!/bin/bash
trap 'echo "[int]"' INT
trap 'echo "[winch $(stty size)]"' WINCH
noted() { [ -e "$HOME/ended" ] || echo "[ended]" > "$HOME/ended"; }
trap 'trap "" HUP; noted; exit 3' HUP
trap 'exit 4' TERM
trap noted EXIT
echo "[ready \${*: -1}]"
while :; do
  if read -r line; then
    case $line in
      quit*) exit "\${line#quit}" ;;
      *) echo "[read $line]" ;;
    esac
  elif [ $? -le 128 ]; then
    echo "[end of input]"; exit 5
  fi
done
`;

let installation: Installation;
const terminals: Terminal[] = [];
beforeEach(async () => {
  installation = await createInstallation(demoConfig);
  installation.home.write('real/claude', client, 0o755);
});
afterEach(async () => {
  for (const terminal of terminals.splice(0)) terminal.close();
  await installation[Symbol.asyncDispose]();
});

const environment = (): Record<string, string> => {
  const env = installation.home.env();
  return { ...env, PATH: `${join(installation.home.home, 'real')}:${env['PATH'] ?? ''}`, PS1: 'prompt> ', ...installation.processes.mark };
};

/** A shell in a terminal, in which a person types. */
function shell(): Terminal {
  const { home, work } = installation.home;
  const terminal = openTerminal(
    { home: { home, work }, env: environment(), command: ['bash', '--norc', '--noprofile', '-i'] },
    [],
    installation.processes,
  );
  terminals.push(terminal);
  return terminal;
}

const enter = (terminal: Terminal, line: string): void => {
  terminal.type(line);
  terminal.press('Enter');
};
const sessions = async (): Promise<unknown[]> => (await (await installation.client()).status()).leases;

describe.each([
  ['ccproxy claude', `node ${ccproxyBin} claude --`],
  ['ccproxy claude --stay', `node ${ccproxyBin} claude --stay --`],
  ['the claude of @ccproxy/claude', `node ${claudeBin}`],
])('%s in a terminal', (_name, command) => {
  it('[A1][D5] Ctrl-C, Ctrl-Z and fg, the size of the window and the exit code are those of the client', async () => {
    const terminal = shell();
    await terminal.shows('prompt>');
    enter(terminal, `${command} 'two words'; echo "[code $?]"`);
    await terminal.shows('[ready two words]');
    terminal.press('C-c');
    await terminal.shows('[int]');
    terminal.press('C-z');
    await terminal.shows('Stopped');
    await expect.poll(async () => (await sessions()).length).toBe(1);
    enter(terminal, 'echo "[shell is back]"; fg; echo "[code $?]"');
    await terminal.shows('[shell is back]');
    terminal.resize(90, 30);
    enter(terminal, 'after fg');
    // bash runs a trap when the line it reads is complete.
    await terminal.shows('[winch 30 90]');
    await terminal.shows('[read after fg]');
    enter(terminal, 'quit37');
    await terminal.shows('[code 37]');
    await expect.poll(sessions).toEqual([]);
  });

  it('[A1] a terminal that is closed ends the client, and the session with it', async () => {
    const terminal = shell();
    await terminal.shows('prompt>');
    enter(terminal, `exec ${command}`);
    await terminal.shows('[ready');
    expect(await sessions()).toHaveLength(1);
    terminals.pop()?.close();
    const ended = join(installation.home.home, 'ended');
    await expect.poll(() => existsSync(ended) && readFileSync(ended, 'utf8')).toBe('[ended]\n');
    await expect.poll(sessions).toEqual([]);
  });

  it('[A1] pipes and here-documents are its stdin, SIGTERM ends it, a killed client is 128 + n', async () => {
    const { processes, home } = installation;
    const run = (script: string) => processes.spawn('bash', ['-c', script], { env: environment(), cwd: home.work });
    const piped = run(`printf 'one\\nquit9\\n' | ${command}; echo "[code $?]"`);
    await piped.ended;
    expect(piped.stdout()).toMatch(/\[read one\]\n\[code 9\]\n$/);
    const here = run(`${command} <<'END'\nfrom "here" $(x)\nEND\necho "[code $?]"`);
    await here.ended;
    expect(here.stdout()).toContain('[read from "here" $(x)]\n[end of input]\n[code 5]');
    const closed = run(`yes | ${command} | head -n 2; echo "[codes \${PIPESTATUS[*]}]"`);
    await closed.ended;
    expect(closed.stdout()).toMatch(/\[codes 141 \d+ 0\]/);
    const killed = run(`${command} < <(sleep 20) & sleep_pid=$!; wait $sleep_pid; echo "[code $?]"`);
    await killed.waitForOutput('[ready');
    const lease = ((await sessions()) as { pid: number }[]).at(-1);
    process.kill(lease?.pid ?? 0, 'SIGTERM');
    await killed.waitForOutput('[code 4]');
  });
});
