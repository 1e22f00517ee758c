import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../load-config.js';
import { ccrExample, pyExample, pyModels } from './testing/examples.js';
import { writeImport, type WriteImportOptions } from './write-import.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ccp-import-'));
  mkdirSync(join(home, '.ccproxy'), { mode: 0o700 });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const put = (name: string, text: string, mode = 0o600): string => {
  const file = join(home, name);
  writeFileSync(file, text, { mode });
  chmodSync(file, mode);
  return file;
};
const paths = () => ({ root: join(home, '.ccproxy'), configFile: join(home, '.ccproxy/ccproxy.yaml'), logFile: join(home, 'log') });
const run = (options: Partial<WriteImportOptions>) =>
  writeImport({ tool: 'ccr', file: 'config.json', dryRun: false, env: {}, cwd: home, paths: paths(), ...options });
const read = (file: string): string => readFileSync(file, 'utf8');

describe('writeImport', () => {
  it('[C16] writes the configuration that is used from then on, for its owner alone', async () => {
    put('config.json', ccrExample);
    const result = await run({});
    expect(result).toMatchObject({ file: paths().configFile, written: true, merged: false, backup: undefined, isDefault: true });
    expect(statSync(result.file).mode & 0o777).toBe(0o600);
    const loaded = await loadConfig({ flags: {}, env: { OR_KEY: 'x' }, cwd: home, paths: paths() });
    expect(loaded.file).toBe(result.file);
    expect(loaded.config.providers['p']?.unavailable).toContain('P_API_KEY is not set');
  });

  it('[C16] the file of the Python program stays what it is, and commands name the one beside it', async () => {
    const foreign = put('.ccproxy/ccproxy.yaml', pyExample);
    put('.ccproxy/config.yaml', pyModels);
    await expect(loadConfig({ flags: {}, env: {}, cwd: home, paths: paths() })).rejects.toMatchObject({
      code: 'CCP_CONFIG_FOREIGN',
      hint: expect.stringContaining(`ccproxy config import ccproxy-py ${foreign}`),
    });
    const result = await run({ tool: 'ccproxy-py', file: foreign });
    expect(result).toMatchObject({ file: join(home, '.ccproxy/ccproxy-imported.yaml'), isDefault: false });
    expect([read(foreign), read(join(home, '.ccproxy/config.yaml'))]).toEqual([pyExample, pyModels]);
    const { config } = await loadConfig({ flags: { config: result.file }, env: {}, cwd: home, paths: paths() });
    expect(config.routes.map(({ name }) => name)).toContain('token_count');
    expect((await run({ tool: 'ccproxy-py', file: foreign })).written).toBe(false);
  });

  it('[C16] never writes to a file it imports, nor to any of another program', async () => {
    const file = put('config.json', ccrExample);
    symlinkSync(file, join(home, 'link.yaml'));
    await expect(run({ output: 'config.json' })).rejects.toMatchObject({ code: 'CCP_IMPORT_TARGET' });
    await expect(run({ output: 'link.yaml' })).rejects.toMatchObject({ code: 'CCP_IMPORT_TARGET' });
    put('other.yaml', 'model_list: []\n');
    await expect(run({ output: 'other.yaml' })).rejects.toMatchObject({ code: 'CCP_CONFIG_FOREIGN' });
    const py = put('py.yaml', pyExample);
    put('models.yaml', pyModels);
    await expect(run({ tool: 'ccproxy-py', file: py, litellmConfig: 'models.yaml', output: 'models.yaml' })).rejects.toMatchObject({
      code: 'CCP_IMPORT_TARGET',
    });
    expect(read(file)).toBe(ccrExample);
  });

  it('[C16] adds to the configuration in use and keeps a copy; a link stays a link', async () => {
    put('config.json', ccrExample);
    const real = put('real.yaml', '# mine\nlogging: { level: warn }\n', 0o640);
    symlinkSync(real, join(home, 'mine.yaml'));
    const result = await run({ env: { CC_PROXY_CONFIG: 'mine.yaml' } });
    expect(result).toMatchObject({ file: join(home, 'mine.yaml'), merged: true, backup: join(home, 'mine.yaml.bak') });
    expect(read(real)).toMatch(/^# mine\nlogging: \{ level: warn \}\n/);
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(read(join(home, 'mine.yaml.bak'))).toBe('# mine\nlogging: { level: warn }\n');
  });

  it('[C16] a dry run writes nothing', async () => {
    put('config.json', ccrExample);
    const result = await run({ dryRun: true });
    expect([result.written, readdirSync(join(home, '.ccproxy'))]).toEqual([false, []]);
    expect(result.imported).toContain('models:');
  });

  it('[C16] a file that would not be valid afterwards is left as it is', async () => {
    put('config.json', ccrExample);
    const broken = put('broken.yaml', 'modles: {}\n');
    await expect(run({ output: broken })).rejects.toMatchObject({ code: 'CCP_IMPORT_RESULT' });
    expect(read(broken)).toBe('modles: {}\n');
  });

  it.each<[Partial<WriteImportOptions>, string]>([
    [{ file: 'gone.json' }, 'CCP_CONFIG_NOT_FOUND'],
    [{ file: '.ccproxy' }, 'CCP_CONFIG_UNREADABLE'],
    [{ file: 'py.yaml' }, 'CCP_IMPORT_SOURCE'],
    [{ file: 'py.yaml', tool: 'litellm' }, 'CCP_IMPORT_SOURCE'],
    [{ file: 'py.yaml', tool: 'ccproxy-py', litellmConfig: 'gone.yaml' }, 'CCP_CONFIG_NOT_FOUND'],
    [{ file: 'config.json', output: 'gone/ccproxy.yaml' }, 'CCP_PATH_MISSING'],
  ])('[C16] %o is %s', async (options, code) => {
    put('config.json', ccrExample);
    put('py.yaml', pyExample);
    await expect(run(options)).rejects.toMatchObject({ code });
  });

  it('[C16] a file of another program than named says which it looks like', async () => {
    put('py.yaml', 'ccproxy: {}\n');
    await expect(run({ file: 'py.yaml', tool: 'litellm' })).rejects.toMatchObject({
      hint: expect.stringContaining('config import ccproxy-py'),
    });
  });
});
