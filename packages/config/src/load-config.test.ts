import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type AppPaths, CcproxyError, resolvePaths } from '@ccproxy/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redactedYaml } from './format-config.js';
import { loadConfig, type LoadConfigOptions } from './load-config.js';
import { compareVariables } from './variables.js';

let home: string;
let paths: AppPaths;

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'ccproxy-config-'));
  paths = resolvePaths({ env: {}, home, platform: 'linux' });
  await mkdir(paths.root, { recursive: true });
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** A configuration whose port tells which file was read. */
async function write(name: string, port: number): Promise<string> {
  const file = path.resolve(home, name);
  await writeFile(file, `server: { port: ${port} }\n`);
  return file;
}

const load = (options: Partial<LoadConfigOptions> = {}) => loadConfig({ flags: {}, env: {}, cwd: home, paths, ...options });

async function failure(options: Partial<LoadConfigOptions>): Promise<CcproxyError> {
  try {
    await load(options);
  } catch (error) {
    if (CcproxyError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('discovery', () => {
  it('[B5] takes the built-in default when there is no file, and says what it looked for', async () => {
    const loaded = await load();
    expect(loaded).toMatchObject({ file: null, warnings: [] });
    expect(loaded.sources).toEqual([
      { kind: 'flag', path: null, status: 'not set', note: '--config' },
      { kind: 'environment', path: null, status: 'not set', note: 'CC_PROXY_CONFIG' },
      { kind: 'user', path: paths.configFile, status: 'absent', note: 'user configuration' },
      { kind: 'default', path: null, status: 'used', note: 'built-in default' },
    ]);
  });

  it.each([
    ['flag over environment', { flag: true, env: true, user: false }, 1, ['used', 'overridden', 'absent', 'overridden']],
    ['flag over user file', { flag: true, env: false, user: true }, 1, ['used', 'not set', 'overridden', 'overridden']],
    ['environment over user file', { flag: false, env: true, user: true }, 2, ['not set', 'used', 'overridden', 'overridden']],
    ['user file over default', { flag: false, env: false, user: true }, 3, ['not set', 'not set', 'used', 'overridden']],
    ['flag over both', { flag: true, env: true, user: true }, 1, ['used', 'overridden', 'overridden', 'overridden']],
  ])('[B5] %s', async (_, given, port, statuses) => {
    const flagFile = await write('flag.yaml', 1);
    const envFile = await write('env.yaml', 2);
    if (given.user) await write(path.relative(home, paths.configFile), 3);
    const loaded = await load({
      flags: given.flag ? { config: flagFile } : {},
      env: given.env ? { CC_PROXY_CONFIG_FILE: envFile } : {},
    });
    expect(loaded.config.server.port).toBe(port);
    expect(loaded.sources.map(({ status }) => status)).toEqual(statuses);
  });

  it('[A7][B5] reads relative and absolute paths, from either variable', async () => {
    const file = await write('mine.yaml', 9);
    for (const options of [
      { flags: { config: 'mine.yaml' } },
      { flags: { config: file } },
      { env: { CC_PROXY_CONFIG: './mine.yaml' } },
      { env: { CC_PROXY_CONFIG_FILE: file } },
      { env: { CC_PROXY_CONFIG: 'mine.yaml', CC_PROXY_CONFIG_FILE: file } },
    ]) {
      expect((await load(options)).file).toBe(file);
    }
  });

  it('[A7] refuses two variables that disagree, unless a flag decides', async () => {
    const file = await write('a.yaml', 1);
    const env = { CC_PROXY_CONFIG: file, CC_PROXY_CONFIG_FILE: 'b.yaml' };
    expect(await failure({ env })).toMatchObject({ code: 'CCP_CONFIG_CONFLICT', exitCode: 2 });
    expect((await load({ env, flags: { config: file } })).config.server.port).toBe(1);
  });

  it('[B5] fails fast when a named file is missing, a directory, a pipe or a device', async () => {
    const cases: [string, string][] = [
      ['missing.yaml', 'CCP_CONFIG_NOT_FOUND'],
      ['missing/deeper.yaml', 'CCP_CONFIG_NOT_FOUND'],
      ['.', 'CCP_CONFIG_UNREADABLE'],
      ['/dev/null', 'CCP_CONFIG_UNREADABLE'],
    ];
    for (const [config, code] of cases) expect(await failure({ flags: { config } })).toMatchObject({ code, exitCode: 2 });
  });

  it('[B5] says when the user’s file is a link that leads nowhere, instead of taking the default', async () => {
    await symlink(path.join(home, 'gone.yaml'), paths.configFile);
    expect(await failure({})).toMatchObject({ code: 'CCP_CONFIG_NOT_FOUND' });
  });

  it('[F1] refuses a file that is too large, or not UTF-8', async () => {
    await writeFile(path.join(home, 'large.yaml'), '#'.repeat(2_000_000));
    await writeFile(path.join(home, 'latin.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xff]));
    expect(await failure({ flags: { config: 'large.yaml' } })).toMatchObject({ code: 'CCP_CONFIG_TOO_LARGE' });
    expect(await failure({ flags: { config: 'latin.yaml' } })).toMatchObject({ code: 'CCP_CONFIG_SYNTAX' });
  });

  it('takes the user’s file of another tool for what it is', async () => {
    await writeFile(paths.configFile, 'ccproxy:\n  rules: []\n');
    const error = await failure({});
    expect(error).toMatchObject({ code: 'CCP_CONFIG_FOREIGN', where: { file: paths.configFile, line: 1 } });
    expect(error.hint).toContain('ccproxy config import');
  });
});

describe('overrides', () => {
  it('[A7] puts flag over environment over file', async () => {
    const config = await write('a.yaml', 1);
    const env = { CC_PROXY_PORT: '2', CC_PROXY_HOST: 'localhost', CC_PROXY_LOG: 'debug', CC_PROXY_AUTH_KEY: 'dev-key' };
    const fromEnv = await load({ flags: { config }, env });
    expect(fromEnv.config).toMatchObject({ server: { port: 2, host: 'localhost', authKey: 'dev-key' }, logging: { level: 'debug' } });
    expect(fromEnv.secrets).toEqual(['dev-key']);
    expect(fromEnv.overrides).toEqual({
      'server.host': 'CC_PROXY_HOST',
      'server.port': 'CC_PROXY_PORT',
      'server.authKey': 'CC_PROXY_AUTH_KEY',
      'logging.level': 'CC_PROXY_LOG',
    });
    const fromFlags = await load({ flags: { config, port: 3, host: '127.0.0.2' }, env });
    expect(fromFlags.config.server).toMatchObject({ port: 3, host: '127.0.0.2' });
    expect((await load({ flags: { config }, env: { CC_PROXY_PORT: '' } })).config.server.port).toBe(1);
  });

  it('[A7] takes CC_PROXY_LOG with a path separator for the log file', async () => {
    const env = { CC_PROXY_LOG: './out.log' };
    const { config, overrides } = await load({ env, paths: resolvePaths({ env, home, platform: 'linux', cwd: home }) });
    expect(config.logging).toMatchObject({ level: 'info', file: path.join(home, 'out.log') });
    expect(overrides).toEqual({ 'logging.file': 'CC_PROXY_LOG' });
  });

  it.each([
    [{ CC_PROXY_PORT: '99999' }, 'CC_PROXY_PORT must be a port from 0 to 65535'],
    [{ CC_PROXY_PORT: 'http' }, 'CC_PROXY_PORT must be a port from 0 to 65535'],
    [{ CC_PROXY_HOST: 'a b' }, 'CC_PROXY_HOST must be a host name or address'],
    [{ CC_PROXY_AUTH_KEY: 'short' }, 'CC_PROXY_AUTH_KEY must have at least 6 characters'],
    [{ CC_PROXY_LOG: 'verbos' }, 'CC_PROXY_LOG must be one of trace'],
  ])('[A7] refuses %j', async (env, message) => {
    const error = await failure({ env });
    expect(error).toMatchObject({ code: 'CCP_CONFIG_OVERRIDE', exitCode: 2 });
    expect(error.message).toContain(message);
  });

  it('[F1] refuses an address beyond loopback from the environment too, and takes it with a key', async () => {
    const env = { CC_PROXY_HOST: '0.0.0.0' };
    const error = await failure({ env });
    expect(error).toMatchObject({ code: 'CCP_CONFIG_EXPOSED' });
    expect(error.message).toContain('CC_PROXY_HOST');
    expect((await load({ env: { ...env, CC_PROXY_AUTH_KEY: 'dev-key' } })).config.server.host).toBe('0.0.0.0');
  });
});

describe('problems', () => {
  it('[C7] throws one error that lists them all, with the text for people', async () => {
    await writeFile(paths.configFile, 'server: { prt: 1 }\nmodls: 1\n');
    const error = await failure({});
    expect(error).toMatchObject({
      code: 'CCP_CONFIG_UNKNOWN_KEY',
      exitCode: 2,
      message: 'server.prt is not a known key (and 1 more)',
      hint: 'Did you mean `port`?',
      where: { file: paths.configFile, line: 1, column: 11 },
    });
    expect(error.details?.['rendered']).toContain(`${paths.configFile}:2:1 - error CCP_CONFIG_UNKNOWN_KEY`);
  });

  it('has its own code for one kind of problem and CCP_CONFIG_INVALID for a mixture', async () => {
    await writeFile(paths.configFile, 'budgets: []\nprices: []\n');
    expect(await failure({})).toMatchObject({ code: 'CCP_NOT_AVAILABLE' });
    await writeFile(paths.configFile, 'budgets: []\nmodls: []\n');
    expect(await failure({})).toMatchObject({ code: 'CCP_CONFIG_INVALID' });
  });

  it('warns when others can read a credential that is written into the file', async () => {
    await writeFile(paths.configFile, 'server: { authKey: written-here }\n');
    await chmod(paths.configFile, 0o644);
    expect((await load()).warnings).toMatchObject([{ code: 'CCP_CONFIG_RISK', path: 'server.authKey' }]);
    await chmod(paths.configFile, 0o600);
    expect((await load()).warnings).toEqual([]);
  });
});

describe('values from outside', () => {
  it('reads ${file:…} beside the file, trimmed, and treats it as secret', async () => {
    await writeFile(path.join(paths.root, 'key'), '  from-the-file\n');
    await writeFile(paths.configFile, 'server: { authKey: "${file:key}" }\n');
    const loaded = await load();
    expect(loaded.config.server.authKey).toBe('from-the-file');
    expect(loaded.secrets).toEqual(['from-the-file']);
  });

  it('names the reason when a ${file:…} cannot be had, and never waits on a pipe', async () => {
    await writeFile(path.join(home, 'large'), 'x'.repeat(100_000));
    for (const [file, reason] of [
      ['/nowhere/key', 'ENOENT'],
      ['/dev/null', 'not a regular file'],
      [path.join(home, 'large'), 'larger than 64 KiB'],
    ]) {
      await writeFile(paths.configFile, `server: { authKey: "\${file:${file}}" }\n`);
      const error = await failure({});
      expect(error).toMatchObject({ code: 'CCP_CONFIG_VARIABLE' });
      expect(error.message).toContain(reason);
    }
  });

  it('keeps salted hashes of the variables used and tells which differ', async () => {
    await writeFile(paths.configFile, 'server: { authKey: "${GATE}", host: "${HOST_NAME:-localhost}" }\n');
    const env = { GATE: 'gateway-key', UNRELATED: 'a', HOME: home };
    const loaded = await load({ env, salt: 'salt' });
    expect(Object.keys(loaded.variables)).toEqual([
      'CC_PROXY_AUTH_KEY',
      'CC_PROXY_HOST',
      'CC_PROXY_LOG',
      'CC_PROXY_PORT',
      'GATE',
      'HOST_NAME',
    ]);
    expect(JSON.stringify(loaded.variables)).not.toContain('gateway-key');
    expect(compareVariables(loaded, env)).toEqual([]);
    expect(compareVariables(loaded, { ...env, UNRELATED: 'b' })).toEqual([]);
    expect(compareVariables(loaded, { GATE: 'other', HOST_NAME: '', CC_PROXY_PORT: '1' })).toEqual(['CC_PROXY_PORT', 'GATE', 'HOST_NAME']);
    expect((await load({ env, salt: 'other' })).variables['GATE']).not.toBe(loaded.variables['GATE']);
    expect((await load({ env })).variablesSalt).not.toBe((await load({ env })).variablesSalt);
  });

  it('[B3] shows the active configuration without any credential', async () => {
    const key = 'sk-ant-api03-abcdefghijklmnop';
    await writeFile(
      paths.configFile,
      `server: { authKey: "\${GATE}" }\nproviders: { anthropic: { type: anthropic, apiKey: ${key} }, demo: { type: demo } }\nmodels: { default: { provider: anthropic, model: gateway-key } }\n`,
    );
    const loaded = await load({ env: { GATE: 'gateway-key', CC_PROXY_PORT: '4444' } });
    const shown = redactedYaml(loaded);
    expect(shown).toContain('port: 4444');
    expect(shown).toMatch(/authKey: "?\*{4}"?\n/u);
    expect(shown).toMatch(/apiKey: "?\*{4}"?\n/u);
    for (const secret of [key, 'gateway-key']) expect(shown).not.toContain(secret);
  });
});
