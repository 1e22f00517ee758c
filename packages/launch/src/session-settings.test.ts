import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detectConflicts } from './detect-conflicts.js';
import { joinNoProxy } from './no-proxy.js';
import { parseClaudeArgs } from './parse-claude-args.js';
import { readSettingsArguments } from './read-settings-argument.js';
import { buildSessionSettings, type SessionSettingsOptions } from './session-settings.js';
import { sweepSessionSettings, writeSessionSettings } from './session-settings-file.js';
import { argumentsLayer, effectiveEnvironment, readSettingsLayers, settingsFiles } from './settings-layers.js';
import { envOf, mergeSettings } from './settings-object.js';

const baseUrl = 'http://127.0.0.1:3456';
const all = { hintHeaders: true, toolSearch: true, modelDiscovery: true };
const build = (options: Partial<SessionSettingsOptions> = {}) =>
  buildSessionSettings({ baseUrl, token: 'the-token', capabilities: all, userSettings: {}, userEnv: {}, ...options });

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'ccproxy-launch-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('buildSessionSettings', () => {
  it('[A6] leads the session to the gateway and leaves the login alone', () => {
    expect(build()).toEqual({
      env: {
        ANTHROPIC_BASE_URL: baseUrl,
        ANTHROPIC_CUSTOM_HEADERS: 'x-ccproxy-token: the-token',
        CLAUDE_CODE_GATEWAY_HINT_HEADERS: '1',
        ENABLE_TOOL_SEARCH: 'true',
        CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
        NO_PROXY: '127.0.0.1,localhost,::1',
        no_proxy: '127.0.0.1,localhost,::1',
      },
    });
  });

  it('[D4] asks for no more output than the project allows, and keeps a lower bound of the user', () => {
    const name = 'CLAUDE_CODE_MAX_OUTPUT_TOKENS';
    expect(envOf(build({ outputLimit: 8000 }))[name]).toBe('8000');
    expect(envOf(build({ outputLimit: 8000, userEnv: { [name]: '32000' } }))[name]).toBe('8000');
    expect(envOf(build({ outputLimit: 8000, userEnv: { [name]: '4000' } }))[name]).toBeUndefined();
    expect(envOf(build({ userEnv: { [name]: '4000' } }))[name]).toBeUndefined();
  });

  it('[A6] switches on only what every target can, and never over the user’s own choice', () => {
    const none = build({ capabilities: { hintHeaders: false, toolSearch: false, modelDiscovery: false }, token: undefined });
    expect(Object.keys(envOf(none))).toEqual(['ANTHROPIC_BASE_URL', 'NO_PROXY', 'no_proxy']);
    expect(envOf(build({ userEnv: { ENABLE_TOOL_SEARCH: 'false' } }))).not.toHaveProperty('ENABLE_TOOL_SEARCH');
    expect(envOf(build({ userSettings: { env: { ENABLE_TOOL_SEARCH: 'false' } } }))['ENABLE_TOOL_SEARCH']).toBe('false');
    expect(envOf(build({ userEnv: { ENABLE_TOOL_SEARCH: '' } }))['ENABLE_TOOL_SEARCH']).toBe('true');
  });

  it('[A6] keeps the user’s settings and wins only where it has to', () => {
    const userSettings = {
      model: 'opus',
      permissions: { allow: ['Bash'] },
      env: { MINE: 'yes', ANTHROPIC_BASE_URL: 'https://other.example' },
    };
    const built = build({ userSettings });
    expect(built).toMatchObject({ model: 'opus', permissions: { allow: ['Bash'] }, env: { MINE: 'yes', ANTHROPIC_BASE_URL: baseUrl } });
    expect(userSettings.env.ANTHROPIC_BASE_URL).toBe('https://other.example');
  });

  it('[A6] joins custom headers, dropping a token of an earlier session', () => {
    const userEnv = { ANTHROPIC_CUSTOM_HEADERS: 'a: 1\r\n\nX-CCProxy-Token: old\nb: x:y, z' };
    expect(envOf(build({ userEnv }))['ANTHROPIC_CUSTOM_HEADERS']).toBe('a: 1\nb: x:y, z\nx-ccproxy-token: the-token');
    const userSettings = { env: { ANTHROPIC_CUSTOM_HEADERS: 'c: 3' } };
    expect(envOf(build({ userEnv, userSettings }))['ANTHROPIC_CUSTOM_HEADERS']).toBe('c: 3\nx-ccproxy-token: the-token');
  });

  it('[A6] leaves the user’s proxy and excepts the gateway from it', () => {
    const env = envOf(build({ userEnv: { HTTPS_PROXY: 'http://proxy:8080', NO_PROXY: 'corp.example, .local', no_proxy: 'corp.example' } }));
    expect(env).not.toHaveProperty('HTTPS_PROXY');
    expect(env['NO_PROXY']).toBe('corp.example,.local,127.0.0.1,localhost,::1');
    expect(env['no_proxy']).toBe(env['NO_PROXY']);
    expect(joinNoProxy(['*', 'x'], baseUrl)).toBe('*');
    expect(joinNoProxy([undefined], 'http://host.docker.internal:3456/p/x')).toBe('127.0.0.1,localhost,::1,host.docker.internal');
    expect(joinNoProxy([], 'http://[::1]:3456')).toBe('127.0.0.1,localhost,::1');
  });
});

describe('mergeSettings', () => {
  it('merges maps, joins lists without repetition, takes the later of anything else', () => {
    const merged = mergeSettings(
      { a: 1, deep: { x: 1, list: ['a', { b: 1 }] }, other: [1] },
      { a: 2, deep: { y: 2, list: [{ b: 1 }, 'c'] }, other: 'text' },
      JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>,
    );
    expect(merged).toEqual({ a: 2, deep: { x: 1, y: 2, list: ['a', { b: 1 }, 'c'] }, other: 'text' });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(mergeSettings()).toEqual({});
  });

  it('reads an env block as a process would', () => {
    expect(envOf({ env: { A: 'a', N: 1, B: true, O: {}, Z: null } })).toEqual({ A: 'a', N: '1', B: 'true' });
    expect(envOf({ env: ['A'] })).toEqual({});
  });
});

describe('readSettingsArguments', () => {
  it('[A6] merges inline JSON and files, in the order they were given', async () => {
    await writeFile(path.join(dir, 's.json'), '{"model":"haiku","env":{"A":"file"}}');
    const { settings } = parseClaudeArgs(['--settings', 's.json', '--settings={"env":{"A":"inline"}}']);
    expect(await readSettingsArguments(settings, dir)).toEqual({ model: 'haiku', env: { A: 'inline' } });
    expect(await readSettingsArguments([], dir)).toEqual({});
  });

  it.each([
    ['missing.json', 'does not exist'],
    ['', 'no file is named'],
    ['.', 'is a directory'],
    ['{"a":', 'is not valid JSON'],
    ['bad.json', 'is not valid JSON'],
    ['list.json', 'does not hold a JSON object'],
  ])('says what is wrong with %j', async (value, reason) => {
    await writeFile(path.join(dir, 'bad.json'), '{"token": "sk-secret"');
    await writeFile(path.join(dir, 'list.json'), '[]');
    const failure = await readSettingsArguments([value], dir).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'CCP_CLAUDE_SETTINGS', exitCode: 2, message: expect.stringContaining(reason) as string });
    expect(String(failure)).not.toContain('sk-secret');
  });
});

describe('settings layers', () => {
  const places = () => ({
    env: { FROM: 'process', CLAUDE_CONFIG_DIR: path.join(dir, 'home/.claude') },
    cwd: path.join(dir, 'project'),
    home: dir,
    platform: 'linux' as const,
  });

  async function write(file: string, content: string): Promise<void> {
    await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
    await writeFile(path.join(dir, file), content);
  }

  it('[A6] reads them in the order in which they win', async () => {
    await write('home/.claude/settings.json', '{"env":{"FROM":"user","U":1}}');
    await write('project/.claude/settings.json', '{"env":{"FROM":"project"}}');
    await write('project/.claude/settings.local.json', '{"env":{"FROM":"local"}}');
    const layers = await readSettingsLayers(places());
    expect(layers.slice(0, 4).map(({ scope, env }) => [scope, env['FROM']])).toEqual([
      ['environment', 'process'],
      ['user', 'user'],
      ['project', 'project'],
      ['local', 'local'],
    ]);
    expect(effectiveEnvironment(layers)).toMatchObject({ FROM: 'local', U: '1' });
    expect(effectiveEnvironment([...layers, argumentsLayer({ env: { FROM: 'arguments' } })])['FROM']).toBe('arguments');
  });

  it('names files that cannot be used and passes over those that are not there', async () => {
    await write('home/.claude/settings.json', '{"env":');
    await write('project/.claude/settings.json', '[]');
    await write('project/.claude/settings.local.json', ' \n');
    const layers = await readSettingsLayers(places());
    expect(layers.slice(0, 4).map(({ problem }) => problem)).toEqual([
      undefined,
      'is not valid JSON (line 1, column 8)',
      'does not hold a JSON object',
      undefined,
    ]);
  });

  it('does not repeat a credential that a repository’s file puts into headers', async () => {
    await write(
      'project/.claude/settings.json',
      '{"env":{"ANTHROPIC_CUSTOM_HEADERS":"x-team: a\\nAuthorization: Bearer theirs\\nx-api-key: theirs"}}',
    );
    expect(effectiveEnvironment(await readSettingsLayers(places()))['ANTHROPIC_CUSTOM_HEADERS']).toBe('x-team: a');
  });

  it('[A9] knows where settings lie on every system', () => {
    const at = (platform: NodeJS.Platform) => settingsFiles({ env: {}, cwd: '/w', home: '/h', platform });
    expect(at('linux')).toMatchObject({ user: '/h/.claude/settings.json', managed: '/etc/claude-code/managed-settings.json' });
    expect(at('darwin').managed).toBe('/Library/Application Support/ClaudeCode/managed-settings.json');
    const windows = settingsFiles({ env: {}, cwd: 'C:\\w', home: 'C:\\Users\\u', platform: 'win32' });
    expect(windows).toMatchObject({ user: 'C:\\Users\\u\\.claude\\settings.json', local: 'C:\\w\\.claude\\settings.local.json' });
  });
});

describe('session settings file', () => {
  it('[A6][F1] is readable by the user alone and gone afterwards', async () => {
    const sessions = path.join(dir, 'run/sessions');
    const written = await writeSessionSettings(sessions, { pid: 42, id: 's-1_A' }, build());
    expect(path.basename(written.file)).toBe('42-s-1_A.json');
    expect((await stat(written.file)).mode & 0o777).toBe(0o600);
    expect((await stat(sessions)).mode & 0o777).toBe(0o700);
    expect(JSON.parse(await readFile(written.file, 'utf8'))).toEqual(build());
    await written.remove();
    expect(await readdir(sessions)).toEqual([]);
    written.removeSync();
  });

  it('refuses an id that is a path', async () => {
    await expect(writeSessionSettings(dir, { pid: 1, id: '../x' }, {})).rejects.toThrow(TypeError);
  });

  it('[F1] removes what dead processes left, and nothing else', async () => {
    const names = ['10-a.json', '11-b.json', '.10-a.json.0123456789ab.tmp', 'note.txt', '12-c.json.bak'];
    for (const name of names) await writeFile(path.join(dir, name), '{}');
    const removed = await sweepSessionSettings(dir, (pid) => pid === 11);
    expect(new Set(removed.map((file) => path.basename(file)))).toEqual(new Set(['.10-a.json.0123456789ab.tmp', '10-a.json']));
    expect((await readdir(dir)).sort()).toEqual(['11-b.json', '12-c.json.bak', 'note.txt']);
    expect(await sweepSessionSettings(path.join(dir, 'missing'), () => false)).toEqual([]);
    await expect(sweepSessionSettings(path.join(dir, 'note.txt'), () => false)).rejects.toMatchObject({ code: 'CCP_PATH_MISSING' });
  });
});

describe('detectConflicts', () => {
  const layer = (scope: 'environment' | 'user' | 'managed', env: Record<string, string>, settings = {}) => ({
    scope,
    file: scope === 'environment' ? undefined : `/${scope}.json`,
    settings,
    env,
    problem: undefined,
  });
  const detect = (layers: ReturnType<typeof layer>[], loggedIn = true) => detectConflicts({ layers, baseUrl, loggedIn });

  it('[B6] finds nothing on a clean machine, or where our own values are set', () => {
    expect(
      detect([layer('environment', {}), layer('user', { ANTHROPIC_BASE_URL: `${baseUrl}/p/x`, CLAUDE_CODE_USE_BEDROCK: '0' })]),
    ).toEqual([]);
  });

  it.each([
    [
      'another base URL in settings',
      layer('user', { ANTHROPIC_BASE_URL: 'https://other.example' }),
      'warning',
      'Remove ANTHROPIC_BASE_URL from /user.json.',
    ],
    [
      'a managed base URL',
      layer('managed', { ANTHROPIC_BASE_URL: 'https://other.example' }),
      'blocking',
      'Ask whoever manages this machine to remove ANTHROPIC_BASE_URL from /managed.json.',
    ],
    [
      'managed headers',
      layer('managed', { ANTHROPIC_CUSTOM_HEADERS: 'a: b' }),
      'blocking',
      'Ask whoever manages this machine to remove ANTHROPIC_CUSTOM_HEADERS from /managed.json.',
    ],
    ['Bedrock', layer('environment', { CLAUDE_CODE_USE_BEDROCK: '1' }), 'blocking', 'Unset CLAUDE_CODE_USE_BEDROCK.'],
    ['a socket', layer('user', { ANTHROPIC_UNIX_SOCKET: '/s' }), 'blocking', 'Remove ANTHROPIC_UNIX_SOCKET from /user.json.'],
    ['a token beside a login', layer('environment', { ANTHROPIC_AUTH_TOKEN: 'secret' }), 'warning', 'Unset ANTHROPIC_AUTH_TOKEN.'],
    ['a key beside a login', layer('user', { ANTHROPIC_API_KEY: 'secret' }), 'warning', 'Remove ANTHROPIC_API_KEY from /user.json.'],
    ['a key helper beside a login', layer('user', {}, { apiKeyHelper: '/bin/x' }), 'warning', 'Remove apiKeyHelper from /user.json.'],
    [
      'a fixed model',
      layer('user', {}, { model: 'opus' }),
      'warning',
      'Keep it if that is what you want; otherwise: Remove model from /user.json.',
    ],
    ['a proxy for https', layer('environment', { HTTPS_PROXY: 'http://p' }), 'warning', 'Add `127.0.0.1,localhost` to NO_PROXY.'],
    [
      'a proxy without exceptions',
      layer('environment', { HTTP_PROXY: 'http://p', NO_PROXY: 'x' }),
      'warning',
      'Add `127.0.0.1,localhost` to NO_PROXY.',
    ],
  ])('[B6] finds %s', (_, given, severity, fix) => {
    const found = detect([given]);
    expect(found).toMatchObject([{ severity, fix }]);
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  it('[B6] takes a key for what it is when there is no login, and a proxy with exceptions', () => {
    expect(detect([layer('environment', { ANTHROPIC_API_KEY: 'k', HTTP_PROXY: 'http://p', NO_PROXY: 'a,127.0.0.1' })], false)).toEqual([]);
  });

  it('[B6] names settings that cannot be read', () => {
    const broken = { ...layer('user', {}), problem: 'is not valid JSON (line 1, column 8)' };
    expect(detectConflicts({ layers: [broken], baseUrl: undefined, loggedIn: false })).toMatchObject([
      { where: '/user.json', severity: 'warning' },
    ]);
  });
});
