import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runClaude, type RunClaudeOptions } from './run-claude.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'ccproxy-run-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A program in the place of the client. */
async function fake(source: string): Promise<string> {
  const file = path.join(dir, 'claude');
  await writeFile(file, `#!${process.execPath}\n${source}`, { mode: 0o755 });
  return file;
}

const run = (bin: string, options: Partial<RunClaudeOptions> = {}) =>
  runClaude({ bin, args: [], env: process.env, cwd: dir, terminal: false, signals: new EventEmitter(), ...options });

/** A process that runs the launcher the way the CLI does, with real pipes and real signals. */
function launcher(bin: string, args: readonly string[], terminal = false): ChildProcess {
  const source = new URL('./run-claude.ts', import.meta.url).href;
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({ resolve: (specifier, context, next) => next(specifier.startsWith('./') ? specifier.replace(/\\.js$/, '.ts') : specifier, context) });
    const { runClaude } = await import(${JSON.stringify(source)});
    process.exitCode = await runClaude({ bin: ${JSON.stringify(bin)}, args: ${JSON.stringify(args)}, env: process.env, cwd: process.cwd(), terminal: ${terminal} });`;
  const file = ['--conditions=@ccproxy/source', '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  return spawn(process.execPath, file, { cwd: dir, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function output(
  child: ChildProcess,
): Promise<{ readonly stdout: string; readonly code: number | null; readonly signal: string | null }> {
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { stdout: Buffer.concat(chunks).toString(), code, signal };
}

/** Resolves when the client has said that it is ready. */
const ready = (child: ChildProcess) => once(child.stdout ?? new EventEmitter(), 'data');

const waits = `
  process.on(process.argv[2], () => { process.stdout.write('got ' + process.argv[2]); process.exit(7); });
  setTimeout(() => process.exit(99), 20_000);
  process.stdout.write('ready ');`;

describe('runClaude', () => {
  it.each([0, 1, 7, 255])('[A1] gives back the exit code %i', async (code) => {
    expect(await run(await fake(`process.exit(${code})`))).toBe(code);
  });

  it('[A1] gives back 128 + n for a client ended by signal n', async () => {
    expect(await run(await fake(`process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 20_000)`))).toBe(137);
    expect(await run(await fake(`process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 20_000)`))).toBe(143);
  });

  it('[A1] hands over every argument byte for byte, without a shell', async () => {
    const args = ['', ' ', 'a b', 'line\nbreak', '"', "'", '$(touch x)', '`id`', '*', '\\', '-p', '--', 'ünï 🌍', '%PATH%', '!', '\t'];
    const bin = await fake(`require('fs').writeFileSync('args.json', JSON.stringify(process.argv.slice(2)))`);
    expect(await run(bin, { args })).toBe(0);
    expect(JSON.parse(await readFile(path.join(dir, 'args.json'), 'utf8'))).toEqual(args);
  });

  it('[A1] runs in the directory and with the environment given, and leaves its mark there', async () => {
    const bin = await fake(
      `require('fs').writeFileSync('env.json', JSON.stringify([process.cwd(), process.env.A, process.env.CCPROXY_INSIDE]))`,
    );
    await run(bin, { env: { PATH: process.env['PATH'], A: 'b' }, pid: 5 });
    const [cwd, a, mark] = JSON.parse(await readFile(path.join(dir, 'env.json'), 'utf8')) as string[];
    expect([path.basename(cwd ?? ''), a, mark]).toEqual([path.basename(dir), 'b', '1:5']);
  });

  it('[A1] works with stdin and stdout that are pipes', async () => {
    const child = launcher(await fake(`process.stdin.pipe(process.stdout)`), []);
    child.stdin?.end('to the client and back');
    expect(await output(child)).toEqual({ stdout: 'to the client and back', code: 0, signal: null });
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('[A1] hands %s on to the client when there is no terminal', async (signal) => {
    const child = launcher(await fake(waits), [signal]);
    const result = output(child);
    await ready(child);
    child.kill(signal);
    expect(await result).toMatchObject({ stdout: `ready got ${signal}`, code: 7 });
  });

  it('[A1] ends with 143 when the client dies of the signal handed on', async () => {
    const child = launcher(await fake(`process.stdout.write('ready'); setTimeout(() => {}, 20_000)`), []);
    const result = output(child);
    await ready(child);
    child.kill('SIGTERM');
    expect(await result).toMatchObject({ code: 143 });
  });

  it('[A1] stays for the client when the terminal sends an interrupt to both', async () => {
    const bin = await fake(`process.stdin.on('data', () => process.exit(3)); process.stdout.write('ready')`);
    const child = launcher(bin, [], true);
    const result = output(child);
    await ready(child);
    child.kill('SIGINT');
    child.kill('SIGQUIT');
    child.stdin?.write('x');
    expect(await result).toMatchObject({ code: 3, signal: null });
  });

  it('[F1] leaves no listener behind', async () => {
    const signals = new EventEmitter();
    await run(await fake(''), { signals });
    await run('/nowhere/claude', { signals }).catch(() => undefined);
    expect(signals.eventNames()).toEqual([]);
  });

  it('[B4] says why a program did not start', async () => {
    await expect(run('/nowhere/claude')).rejects.toMatchObject({
      code: 'CCP_CLAUDE_START',
      message: expect.stringContaining('ENOENT') as string,
    });
    await writeFile(path.join(dir, 'text'), 'no program', { mode: 0o644 });
    await expect(run(path.join(dir, 'text'))).rejects.toMatchObject({ code: 'CCP_CLAUDE_NOT_EXECUTABLE' });
    await expect(run(await fake(''), { args: ['nul \0 byte'] })).rejects.toMatchObject({ code: 'CCP_CLAUDE_START' });
    await expect(run(await fake(''), { args: ['x'.repeat(4_000_000)] })).rejects.toMatchObject({ code: 'CCP_CLAUDE_START' });
  });
});
