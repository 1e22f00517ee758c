import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type AppPaths, resolvePaths } from '@ccproxy/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initConfigText, writeInitialConfig } from './init-config.js';
import { analyze } from './testing/analyze.js';

let home: string;
let paths: AppPaths;

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'ccproxy-init-'));
  paths = resolvePaths({ env: {}, home, platform: 'linux' });
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe('writeInitialConfig', () => {
  it('[C6] writes the starter, readable by the user alone', async () => {
    expect(await writeInitialConfig({ paths })).toEqual({ file: paths.configFile, backup: undefined });
    expect(await readFile(paths.configFile, 'utf8')).toBe(initConfigText());
    expect((await stat(paths.configFile)).mode & 0o777).toBe(0o600);
    expect((await stat(paths.root)).mode & 0o777).toBe(0o700);
  });

  it('never overwrites silently, and keeps the old file when told to', async () => {
    await mkdir(paths.root, { mode: 0o700 });
    await writeFile(paths.configFile, 'server: { port: 1 }\n');
    await expect(writeInitialConfig({ paths })).rejects.toMatchObject({ code: 'CCP_CONFIG_EXISTS', exitCode: 2 });
    expect(await writeInitialConfig({ paths, force: true })).toMatchObject({ backup: `${paths.configFile}.bak` });
    expect(await readFile(`${paths.configFile}.bak`, 'utf8')).toBe('server: { port: 1 }\n');
    expect(await readFile(paths.configFile, 'utf8')).toBe(initConfigText());
  });

  it.each(['ccproxy:\n  rules: []\n', 'litellm:\n  port: 4000\n'])(
    'never touches the file of another tool, even with force',
    async (text) => {
      await mkdir(paths.root, { mode: 0o700 });
      await writeFile(paths.configFile, text);
      for (const force of [false, true]) {
        await expect(writeInitialConfig({ paths, force })).rejects.toMatchObject({ code: 'CCP_CONFIG_FOREIGN' });
      }
      expect(await readFile(paths.configFile, 'utf8')).toBe(text);
    },
  );

  it('does not write through a link that leads nowhere', async () => {
    await mkdir(paths.root, { mode: 0o700 });
    await symlink(path.join(home, 'elsewhere.yaml'), paths.configFile);
    await expect(writeInitialConfig({ paths })).rejects.toMatchObject({ code: 'CCP_CONFIG_EXISTS' });
  });
});

describe('initConfigText', () => {
  it('holds examples that work once their comment sign is removed', async () => {
    const text = initConfigText()
      .replace('routes: []', 'routes:')
      .replaceAll(
        /^(\s*)# (?=\s*(?:[a-z]+:|- name|when:|to:|type:|baseUrl:|apiKey:|provider:|model:|limits:|fallback:|host:|port:|authKey:|level:))/gmu,
        '$1',
      );
    const { config, diagnostics } = await analyze(text, {
      WORK_API_KEY: 'some-key',
      OPENROUTER_API_KEY: 'k-1',
      OPENAI_API_KEY: 'k-2',
      GEMINI_API_KEY: 'k-3',
    });
    expect(diagnostics).toEqual([]);
    expect(Object.keys(config?.providers ?? {})).toEqual(['anthropic', 'demo', 'work', 'ollama', 'openrouter', 'gpt', 'gemini']);
    expect(config?.models['local']).toMatchObject({ provider: 'ollama', model: 'qwen3:8b', limits: { context: 32_768 } });
    expect(config?.routes.map(({ name }) => name)).toEqual(['background', 'long-context', 'try-it']);
    expect(config?.server.port).toBe(3456);
  });
});
