import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '@ccproxy-internal/test-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandOptions, createInstallation, demoConfig, type Installation, withoutPrivileges } from './installation.ts';

/** One way to call the command line wrongly, or to call it in a bad place. */
interface BadInput {
  readonly what: string;
  readonly code: string;
  readonly exit: number;
  /** What a person needs to read in the message, besides the code. */
  readonly says: string | RegExp;
  /** Makes the place bad; answers the arguments of `ccproxy start`, and under what it runs. */
  readonly make: (installation: Installation) => readonly string[] | Promise<readonly string[]>;
  readonly options?: CommandOptions;
  /** More environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const config =
  (text: string) =>
  ({ home }: Installation): readonly string[] => {
    home.writeConfig(text);
    return [];
  };
const closedFolder = ({ home }: Installation): string => {
  const folder = join(home.home, 'closed');
  mkdirSync(folder, { mode: 0o500 });
  return folder;
};
const ordinary: CommandOptions = { under: withoutPrivileges };

const wrongConfigurations: readonly BadInput[] = [
  {
    what: 'a named file that is not there',
    code: 'CCP_CONFIG_NOT_FOUND',
    exit: 2,
    says: 'nowhere.yaml',
    make: () => ['--config', 'nowhere.yaml'],
  },
  {
    what: 'a file named by the environment that is not there',
    code: 'CCP_CONFIG_NOT_FOUND',
    exit: 2,
    says: 'gone.yaml',
    make: () => [],
    env: { CC_PROXY_CONFIG: 'gone.yaml' },
  },
  { what: 'a folder', code: 'CCP_CONFIG_UNREADABLE', exit: 2, says: 'directory', make: ({ home }) => ['--config', home.work] },
  {
    what: 'a file this user may not read',
    code: 'CCP_CONFIG_UNREADABLE',
    exit: 2,
    says: 'ccproxy.yaml',
    make: ({ home }) => {
      chmodSync(home.configFile, 0o000);
      return [];
    },
    options: ordinary,
  },
  {
    what: 'text that is not YAML',
    code: 'CCP_CONFIG_SYNTAX',
    exit: 2,
    says: /ccproxy\.yaml:3:\d+/,
    make: config('providers:\n  demo: { type: demo\nmodels: 1\n'),
  },
  { what: 'a duplicate key', code: 'CCP_CONFIG_SYNTAX', exit: 2, says: /ccproxy\.yaml:3:\d+/, make: config(`${demoConfig}models: {}\n`) },
  {
    what: 'an unknown key',
    code: 'CCP_CONFIG_UNKNOWN_KEY',
    exit: 2,
    says: /ccproxy\.yaml:3:\d+[^]*logging/,
    make: config(`${demoConfig}loging: { level: info }\n`),
  },
  {
    what: 'a value of a wrong form',
    code: 'CCP_CONFIG_INVALID',
    exit: 2,
    says: /ccproxy\.yaml:3:\d+/,
    make: config(`${demoConfig}server: { bodyLimit: lots }\n`),
  },
  {
    what: 'a name that is not declared',
    code: 'CCP_CONFIG_REFERENCE',
    exit: 2,
    says: /ccproxy\.yaml:2:\d+[^]*demo/,
    make: config(demoConfig.replace('provider: demo', 'provider: dem')),
  },
  {
    what: 'an unset variable',
    code: 'CCP_CONFIG_VARIABLE',
    exit: 2,
    says: /ccproxy\.yaml:3:\d+[^]*NOT_SET/,
    make: config(`${demoConfig}server: { host: "\${NOT_SET}" }\n`),
  },
  {
    what: 'a section of a later version',
    code: 'CCP_NOT_AVAILABLE',
    exit: 2,
    says: /ccproxy\.yaml:3:\d+/,
    make: config(`${demoConfig}budgets: { a: 1 }\n`),
  },
  { what: 'a megabyte of nothing', code: 'CCP_CONFIG_TOO_LARGE', exit: 2, says: 'ccproxy.yaml', make: config('#'.repeat(20_000_000)) },
  {
    what: "another tool's file",
    code: 'CCP_CONFIG_FOREIGN',
    exit: 2,
    says: /ccproxy\.yaml/,
    make: config('ccproxy:\n  debug: true\nlitellm:\n  host: 127.0.0.1\n'),
  },
  { what: 'an open address without a key', code: 'CCP_CONFIG_EXPOSED', exit: 2, says: 'authKey', make: () => ['--host', '0.0.0.0'] },
  {
    what: 'a metadata address as a provider',
    code: 'CCP_CONFIG_UNSAFE_URL',
    exit: 2,
    says: /ccproxy\.yaml:1:\d+/,
    make: config(
      'providers: { p: { type: anthropic, baseUrl: "http://169.254.169.254/", auth: client } }\nmodels: { default: { provider: p } }\n',
    ),
  },
  {
    what: 'two different files in the environment',
    code: 'CCP_CONFIG_CONFLICT',
    exit: 2,
    says: 'CC_PROXY_CONFIG_FILE',
    make: () => [],
    env: { CC_PROXY_CONFIG: 'a.yaml', CC_PROXY_CONFIG_FILE: 'b.yaml' },
  },
  {
    what: 'a port in the environment that is none',
    code: 'CCP_CONFIG_OVERRIDE',
    exit: 2,
    says: 'CC_PROXY_PORT',
    make: () => [],
    env: { CC_PROXY_PORT: '99999' },
  },
  { what: 'an unknown flag', code: 'CCP_USAGE', exit: 2, says: '--prot', make: () => ['--prot', '1'] },
];

const badPlaces: readonly BadInput[] = [
  {
    what: 'a state directory that cannot be made',
    code: 'CCP_PERMISSION_DENIED',
    exit: 1,
    says: 'closed',
    make: (installation) => ['--config', installation.home.configFile, '--state-dir', join(closedFolder(installation), 'state')],
    options: ordinary,
  },
  {
    what: 'a state directory that cannot be written',
    code: 'CCP_PERMISSION_DENIED',
    exit: 1,
    says: 'closed',
    make: (installation) => ['--config', installation.home.configFile, '--state-dir', closedFolder(installation)],
    options: ordinary,
  },
  {
    what: 'a log directory that cannot be written',
    code: 'CCP_PERMISSION_DENIED',
    exit: 1,
    says: 'closed',
    make: (installation) => ['--log-dir', closedFolder(installation)],
    options: ordinary,
  },
  {
    what: 'a state directory that is a file',
    code: 'CCP_DIR_UNSAFE',
    exit: 2,
    says: 'a-file',
    make: ({ home }) => ['--config', home.configFile, '--state-dir', home.write('a-file', '')],
  },
  {
    what: 'a state directory that is a link',
    code: 'CCP_DIR_UNSAFE',
    exit: 2,
    says: 'a-link',
    make: ({ home }) => {
      const link = join(home.home, 'a-link');
      symlinkSync(home.work, link);
      return ['--config', home.configFile, '--state-dir', link];
    },
  },
  {
    what: 'a disk without room',
    code: 'CCP_DISK_FULL',
    exit: 1,
    says: 'ccp-',
    make: ({ home }) => ['--config', home.configFile, '--state-dir', join(home.home, 'new')],
    options: { under: ['sh', '-c', 'ulimit -f 0; exec "$@"', 'sh'] },
  },
];

describe('bad input', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await createInstallation(demoConfig);
  });
  afterEach(() => installation[Symbol.asyncDispose]());

  it.each([...wrongConfigurations, ...badPlaces])('[B1][B5][C7] $what is $code', async ({ code, exit, says, make, options, env }) => {
    const args = ['start', ...(await make(installation))];
    const before = filesIn(installation.home.home);
    const run = { ...options, env: installation.home.env(env) };
    const forPeople = await installation.ccproxy(args, run);
    const forPrograms = await installation.ccproxy([...args, '--json'], run);

    expect(forPeople).toMatchObject({ code: exit, stdout: '' });
    expect(forPeople.stderr).toContain(`(${code})`);
    expect(forPeople.stderr).toMatch(says);
    expectNoTrace(forPeople.stderr + forPrograms.stdout + forPrograms.stderr);
    const { error } = JSON.parse(forPrograms.stdout) as { error: { code: string; message: string; hint: string } };
    expect([forPrograms.code, error.code]).toEqual([exit, code]);
    expect(error.hint).not.toBe('');
    expect(forPeople.stderr).toContain(error.hint);
    expect(filesIn(installation.home.home)).toEqual(before);
    expect(installation.processes.living()).toEqual([]);
  });

  it('[A3][B1] a taken port is CCP_PORT_TAKEN and names its owner', async () => {
    const port = await freePort();
    const owner = createServer().listen(port, '127.0.0.1');
    await once(owner, 'listening');
    const { code, stdout } = await installation.ccproxy(['start', '--port', String(port), '--json']);
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
    expect([code, error.code]).toEqual([1, 'CCP_PORT_TAKEN']);
    expect(error.message).toContain(String(port));
    expect(stdout).toContain(process.platform === 'linux' ? String(process.pid) : String(port));
    const said = await installation.ccproxy(['start', '--port', String(port)]);
    expect(said.stderr).toMatch(/CCP_PORT_TAKEN/);
    expectNoTrace(said.stderr);
    owner.close();
    await expect.poll(() => installation.processes.living()).toEqual([]);
    expect(readdirSync(installation.paths.runDir).filter((name) => /json|pid|sock|tmp|^lock/.test(name))).toEqual([]);
    expect((await installation.start()).started).toBe(true);
  });

  it('[B6] a wrong token is CCP_IPC_UNAUTHORIZED, and says how to mend it', async () => {
    await installation.start();
    writeFileSync(installation.paths.tokenFile, `${'A'.repeat(43)}\n`);
    for (const args of [['status'], ['start'], ['logs', '--follow'], ['config', 'show', '--running']]) {
      const { code, stderr } = await installation.ccproxy(args);
      expect([args, code]).toEqual([args, 1]);
      expect(stderr).toContain('CCP_IPC_UNAUTHORIZED');
      expect(stderr).toMatch(/restart|stop/);
      expectNoTrace(stderr);
    }
    expect(await installation.ccproxy(['stop'])).toMatchObject({ code: 0 });
    expect(await installation.ccproxy(['status'])).toMatchObject({ code: 3 });
  });

  it('[B6] a daemon that was killed is exit code 3, and the next start is an ordinary one', async () => {
    const { pid } = await installation.start();
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => installation.processes.living()).toEqual([]);
    const status = await installation.ccproxy(['status', '--json']);
    expect([status.code, JSON.parse(status.stdout)]).toMatchObject([
      3,
      { error: { code: 'CCP_DAEMON_NOT_RUNNING', hint: expect.stringContaining('ccproxy start') } },
    ]);
    expect(await installation.ccproxy(['logs', '--follow'])).toMatchObject({ code: 3 });
    expect((await installation.start()).pid).not.toBe(pid);
  });
});

/** Every file below a folder but Node's compile cache: what a failed command leaves behind shows. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? [] : [join(entry.parentPath, entry.name)]))
    .filter((path) => !path.startsWith(join(folder, '.cache')))
    .toSorted();
}

function expectNoTrace(text: string): void {
  expect(text).not.toMatch(/^\s+at .*\.[jt]s:\d+/m);
  expect(text).not.toContain('node:internal');
}
