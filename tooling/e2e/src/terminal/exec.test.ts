import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ccproxyBin } from '@ccproxy-internal/test-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInstallation, demoConfig, type Installation } from '../daemon/installation.ts';

let installation: Installation;
let project: string;
beforeEach(async () => {
  installation = await createInstallation(`${demoConfig}profiles: { work: { default: default } }\n`);
  project = join(installation.home.home, 'app');
  mkdirSync(join(project, 'below'), { recursive: true, mode: 0o700 });
  installation.home.write('app/.ccproxy.yaml', 'profile: work\n');
});
afterEach(() => installation[Symbol.asyncDispose]());

const run = async (script: string) => {
  const { processes, home } = installation;
  const env = { ...home.env(), APP: project, NODE: process.execPath, CCPROXY: ccproxyBin };
  const child = processes.spawn('bash', ['-c', `ccproxy() { "$NODE" "$CCPROXY" "$@"; }\n${script}`], { env, cwd: home.work });
  await child.ended;
  return { stdout: child.stdout(), stderr: child.stderr() };
};

describe('ccproxy exec', () => {
  it('[D6] a script works in the name of a project: variables, stdin, exit codes, signals, and a token that ends with the command', async () => {
    const refused = await run('ccproxy exec "$APP" -- true; echo "[code $?]"');
    expect(refused.stdout).toBe('[code 2]\n');
    expect(refused.stderr).toContain('CCP_PROJECT_NOT_ALLOWED');

    const { stdout } = await run(`
      ccproxy allow "$APP" >/dev/null
      printf 'piped' | ccproxy exec "$APP/below" -- sh -c 'cat; printf "|%s|%s|%s" "$PWD" "$ANTHROPIC_BASE_URL" "$1"; exit 7' sh 'two  words'; echo "|$?"
      ccproxy exec "$APP" -- sh -c 'kill -9 $$'; echo "$?"
      ccproxy exec "$APP" -- no-such-command; echo "$?"
      ccproxy exec "$APP" -- sh -c 'curl -s -o /dev/null -w "%{http_code}\\n" -H "$ANTHROPIC_CUSTOM_HEADERS" "$ANTHROPIC_BASE_URL/v1/models"; echo "$ANTHROPIC_CUSTOM_HEADERS"'
    `);
    const [first = '', killed, missing, answer, header = ''] = stdout.split('\n');
    expect(first).toMatch(new RegExp(`^piped\\|${installation.home.work}\\|http://127\\.0\\.0\\.1:\\d+/p/[0-9a-f]{20}\\|two  words\\|7$`));
    expect([killed, missing, answer]).toEqual(['137', '127', '200']);
    const client = await installation.client();
    await expect.poll(async () => (await client.status()).leases, { timeout: 20_000 }).toEqual([]);
    const { url } = await client.status();
    const [name = '', token = ''] = header.split(': ');
    expect((await fetch(`${url}/v1/models`, { headers: { [name]: token } })).status).toBe(401);
  });

  it('[D6] `eval "$(ccproxy env --shell)"` gives a script the same', async () => {
    const { stdout } = await run(`
      ccproxy allow "$APP" >/dev/null; cd "$APP/below"; eval "$(ccproxy env --shell)"
      curl -s -o /dev/null -w "%{http_code}\\n" -H "$ANTHROPIC_CUSTOM_HEADERS" "$ANTHROPIC_BASE_URL/v1/models"
      echo "$CCPROXY_PROFILE"
      ccproxy deny >/dev/null
      curl -s -o /dev/null -w "%{http_code}\\n" -H "$ANTHROPIC_CUSTOM_HEADERS" "$ANTHROPIC_BASE_URL/v1/models"
    `);
    expect(stdout.split('\n')).toEqual(['200', 'work', '401', '']);
  });
});
