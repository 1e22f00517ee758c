import { execFile } from 'node:child_process';
import { type FoundKeys, keysOf } from './found-keys.js';

const timeoutMs = 30_000;
const largest = 64 * 1024;
const name = 'credentialCommand';

/**
 * Runs a command without a shell that prints credentials as `credential_process` of the AWS tools defines it (docs.aws.amazon.com, "Sourcing
 * credentials with an external process"). Never rejects, and repeats nothing of what the command printed.
 */
export function runCredentialCommand([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<FoundKeys> {
  const { promise, resolve } = Promise.withResolvers<FoundKeys>();
  const options = { env, timeout: timeoutMs, maxBuffer: largest, killSignal: 'SIGKILL', windowsHide: true, shell: false } as const;
  const child = execFile(program, args, options, (error, stdout) => {
    if (error === null) return resolve(keysOfText(stdout));
    const because =
      error.killed === true ? `did not end within ${timeoutMs / 1000} s, or printed too much` : `ended with ${error.code ?? 'a signal'}`;
    resolve({ reason: `${name} ${because}` });
  });
  child.stdin?.end();
  return promise;
}

function keysOfText(text: string): FoundKeys {
  try {
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return keysOf({ id: AccessKeyId, secret: SecretAccessKey, token: SessionToken ?? undefined, expires: Expiration }, name);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
    return { reason: `${name} printed no JSON object` };
  }
}
