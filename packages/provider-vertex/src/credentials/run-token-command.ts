import { execFile } from 'node:child_process';
import type { Found } from '@ccproxy/providers';
import type { Token } from './exchange-token.js';

const timeoutMs = 30_000;
const largest = 64 * 1024;
const name = 'tokenCommand';

/** Runs a command without a shell that prints an access token, such as `gcloud auth print-access-token`. Never rejects. */
export function runTokenCommand([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<Found<Token>> {
  const { promise, resolve } = Promise.withResolvers<Found<Token>>();
  const options = { env, timeout: timeoutMs, maxBuffer: largest, killSignal: 'SIGKILL', windowsHide: true, shell: false } as const;
  const child = execFile(program, args, options, (error, stdout) => {
    const value = stdout.trim();
    if (error !== null) {
      const because =
        error.killed === true ? `did not end within ${timeoutMs / 1000} s, or printed too much` : `ended with ${error.code ?? 'a signal'}`;
      resolve({ reason: `${name} ${because}` });
    } else if (/^[\x21-\x7e]{8,16384}$/u.test(value)) resolve({ value: { value, project: undefined }, expiresAt: undefined });
    else resolve({ reason: `${name} printed no token` });
  });
  child.stdin?.end();
  return promise;
}
