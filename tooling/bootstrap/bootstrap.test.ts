import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a module's source in a Node of its own, as the bootstrap runs. */
function node(args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: fileURLToPath(new URL('.', import.meta.url)) });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
const evaluate = (code: string): Promise<Finished> => node(['--input-type=module', '-e', code]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ccp-boot-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('accepts Node 22 from 22.19, and 24 and later', async () => {
  const versions = ['18.20.0', '20.20.2', '22.13.0', '22.18.9', '22.19.0', '23.9.0', '24.0.0', '24.21.0', '26.1.0'];
  const { stdout } = await evaluate(`import { fits } from './fits.mjs'; console.log(${JSON.stringify(versions)}.filter(fits).join(' '))`);
  expect(stdout.trim()).toBe('22.19.0 24.0.0 24.21.0 26.1.0');
});

it('an unknown command is one sentence that names the known ones', async () => {
  const { code, stderr } = await node(['../bootstrap.mjs', 'nonsense']);
  expect([code, stderr.trim().split('\n').length]).toEqual([1, 1]);
  expect(stderr).toContain('Unknown command "nonsense": use one of start, test,');
});

it('hands on the exit code and the output of what it runs', async () => {
  const { code, stdout } = await evaluate(
    `import { run } from './run.mjs'; process.exitCode = await run(process.execPath, ['-e', 'console.log(1); process.exit(7)'])`,
  );
  expect([code, stdout]).toEqual([7, '1\n']);
});

describe('the lock', () => {
  const work = (ms: number): string =>
    `import { withLock } from './with-lock.mjs';
     await withLock(${JSON.stringify(join(folder, 'deep', 'lock'))}, async () => {
       console.log('in'); await new Promise((r) => setTimeout(r, ${ms})); console.log('out'); });`;

  it('lets one process work at a time, and says who is waited for', async () => {
    // Whoever comes first holds the lock until both others have said that they wait.
    const shared = `
      import { withLock } from './with-lock.mjs';
      import { appendFileSync, existsSync, readFileSync } from 'node:fs';
      const [order, waiters] = ${JSON.stringify([join(folder, 'order'), join(folder, 'waiters')])};
      const say = (word) => appendFileSync(order, word + '\\n');
      const write = process.stderr.write.bind(process.stderr);
      process.stderr.write = (text, ...rest) => { if (String(text).includes('waiting')) appendFileSync(waiters, '.'); return write(text, ...rest); };
      const bothWait = () => existsSync(waiters) && readFileSync(waiters, 'utf8').length === 2;
      await withLock(${JSON.stringify(join(folder, 'lock'))}, async () => {
        say('in');
        while (!bothWait()) await new Promise((r) => setTimeout(r, 20));
        say('out');
      });
      `;
    const runs = await Promise.all([evaluate(shared), evaluate(shared), evaluate(shared)]);
    const order = (
      await evaluate(`import { readFileSync } from 'node:fs'; console.log(readFileSync(${JSON.stringify(join(folder, 'order'))}, 'utf8'))`)
    ).stdout;
    expect(order.trim().split('\n')).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
    expect(runs.map((run) => run.code)).toEqual([0, 0, 0]);
    expect(runs.filter((run) => /waiting for another run in this checkout \(process \d+\)/.test(run.stderr))).toHaveLength(2);
  });

  it('takes over from a process that died', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.once('exit', resolve));
    const lock = join(folder, 'lock');
    writeFileSync(lock, `${dead.pid}\n`);
    const { code } = await evaluate(`import { withLock } from './with-lock.mjs'; await withLock(${JSON.stringify(lock)}, async () => {})`);
    expect([code, existsSync(lock)]).toEqual([0, false]);
  });

  it('is released when the work fails', async () => {
    const { code } = await evaluate(work(0).replace("console.log('in')", "throw new Error('broken')"));
    expect([code, readdirSync(join(folder, 'deep'))]).toEqual([1, []]);
  });
});
