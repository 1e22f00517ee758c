import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createProcesses, type Processes } from './processes.ts';
import { runBin } from './run-bin.ts';
import { waitFor } from './wait-for.ts';

const open: Processes[] = [];
const processes = (): Processes => {
  const made = createProcesses();
  open.push(made);
  return made;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((made) => made.stop(0)));
});
const linux = process.platform === 'linux';
/** A process that has ended but was not yet collected by its parent counts as ended. Linux only, elsewhere nothing lives. */
const lives = (pid: number): boolean => {
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
};
const node = (code: string): string[] => ['-e', code];
/** A program that leaves a detached child behind and ends. */
const leavesChild = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], { detached: true, stdio: 'ignore' });
  child.unref();
  console.log(child.pid);`;

describe('createProcesses', () => {
  it('keeps the output and the exit code', async () => {
    const child = processes().spawn(process.execPath, node('console.log(1); console.error(2); process.exitCode = 3'));
    expect(await child.ended).toEqual({ code: 3, signal: null });
    expect([child.stdout(), child.stderr(), child.running()]).toEqual(['1\n', '2\n', false]);
  });

  it('waits for output, and fails with what was written when the program ends first', async () => {
    const made = processes();
    const talker = made.spawn(process.execPath, node('setTimeout(() => console.log("ready 42"), 50); setInterval(() => {}, 1000)'));
    expect(await talker.waitForOutput(/ready \d+/)).toContain('ready 42');
    const mute = made.spawn(process.execPath, node('console.error("cannot")'));
    await expect(mute.waitForOutput('ready', { timeoutMs: 1000 })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('cannot') },
    });
  });

  it('a command that does not exist is an exit code, not a crash', async () => {
    const child = processes().spawn('/no/such/program', []);
    expect((await child.ended).code).toBe(127);
    expect(child.stderr()).toContain('ENOENT');
  });

  it('stop ends children and names those that had to be killed', async () => {
    const made = processes();
    const polite = made.spawn(process.execPath, node('setInterval(() => {}, 1000)'));
    const stubborn = made.spawn(process.execPath, node('process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)'));
    await stubborn.waitForOutput('up');
    expect(await made.stop(500)).toEqual([stubborn.pid]);
    expect([polite.running(), made.living()]).toEqual([false, []]);
  });

  it('finds and ends a daemon that left its parent (Linux), and claims no other', async () => {
    const made = processes();
    const parent = made.spawn(process.execPath, node(leavesChild));
    await parent.ended;
    const daemon = Number(parent.stdout());
    expect(made.living()).toEqual(linux ? [daemon] : []);
    await made.stop();
    expect(lives(daemon)).toBe(false);
  });
});

describe('runBin', () => {
  const folders: string[] = [];
  afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  const bin = (code: string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'ccp-bin-'));
    folders.push(folder);
    const file = join(folder, 'bin.cjs');
    writeFileSync(file, code);
    return file;
  };

  it('hands over arguments, stdin and environment and returns everything', async () => {
    const file = bin('process.stdin.on("data", (d) => console.log(process.argv[2], String(d), process.env.A)); process.exitCode = 4');
    expect(await runBin(file, ['arg'], { input: 'in', env: { A: 'env' } })).toEqual({
      code: 4,
      signal: null,
      stdout: 'arg in env\n',
      stderr: '',
    });
  });

  it('throws when it takes too long', async () => {
    await expect(runBin(bin('console.log("so far"); setInterval(() => {}, 1000)'), [], { timeoutMs: 1000 })).rejects.toThrow('so far');
  });

  it('ends what the program left running, unless somebody else does', async () => {
    const alone = await runBin(bin(leavesChild), []);
    expect(lives(Number(alone.stdout))).toBe(false);
    const made = processes();
    const shared = await runBin(bin(leavesChild), [], { processes: made });
    expect(made.living()).toEqual(linux ? [Number(shared.stdout)] : []);
  });
});

describe('waitFor', () => {
  it('returns the first truthy answer', async () => {
    let n = 0;
    expect(await waitFor(() => (++n > 2 ? n : undefined), { intervalMs: 1 })).toBe(3);
  });

  it('names what did not happen, with the last error', async () => {
    const never = (): never => {
      throw new Error('not there');
    };
    await expect(waitFor(never, { timeoutMs: 30, what: 'the file' })).rejects.toMatchObject({
      message: 'the file did not come true within 30 ms',
      cause: { message: 'not there' },
    });
  });
});
