import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { root } from './paths.mjs';

/**
 * Runs a program with our own stdin, stdout and stderr; resolves with its exit code (128 + n when signal n ended it).
 * A signal meant for us is passed on, and we stay until the child has gone.
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      program,
      args.map((arg) => (arg instanceof URL ? fileURLToPath(arg) : arg)),
      { cwd: root, stdio: 'inherit', ...options },
    );
    const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
      // A terminal's Ctrl-C reaches the whole process group already: forwarding it would deliver it twice.
      const forward = () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal));
      process.on(signal, forward);
      return [signal, forward];
    });
    const done = (settle) => {
      for (const [signal, forward] of forwarded) process.off(signal, forward);
      settle();
    };
    child.once('error', (error) => done(() => reject(error)));
    child.once('exit', (code, signal) => done(() => resolve(code ?? 128 + (constants.signals[signal] ?? 0))));
  });
}

/** Runs a program and keeps its output to itself; resolves with the exit code and both streams as one text. */
export function capture(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
