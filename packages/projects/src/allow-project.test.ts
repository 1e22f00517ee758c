import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { denyProject, forgetProject } from './deny-project.js';
import { projectStanding } from './project-standing.js';
import { nowhere } from './shell-epoch.js';
import { ProjectBed } from './testing/project-bed.js';

let bed: ProjectBed;
beforeEach(() => {
  bed = new ProjectBed();
});
afterEach(() => bed.end());

const mode = (file: string): number => statSync(file).mode & 0o777;
const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'nothing was refused',
    (error: { code?: string }) => error.code ?? 'an error without a code',
  );

describe('allowProject', () => {
  it('[D2][D4] writes the entry of the project in the form shells read, and keeps its token in files of the user alone', async () => {
    const directory = bed.project('one', 'profile: work\n');
    const { record, project, previous, known } = await bed.allow(directory);
    expect(project.profile).toBe('work');
    expect({ previous, known }).toEqual({ previous: undefined, known: false });
    expect(record.id).toMatch(/^[0-9a-f]{20}$/);
    const token = await bed.places.store.token(record.id);
    expect(token).toMatch(/^ccp_[\w-]{43}$/);
    expect(bed.entry(directory, '.ccproxy-trusted.0').toString()).toBe('profile: work\n');
    expect(bed.entry(directory, '.ccproxy-env').toString().split('\0')).toEqual([
      '1',
      `ANTHROPIC_BASE_URL=/p/${record.id}`,
      `ANTHROPIC_CUSTOM_HEADERS=x-ccproxy-token: ${token}`,
      'NO_PROXY=127.0.0.1,localhost',
      'no_proxy=127.0.0.1,localhost',
      'ENABLE_TOOL_SEARCH=true',
      'CLAUDE_CODE_GATEWAY_HINT_HEADERS=1',
      '@0',
      'CCPROXY_PROFILE=work',
      '',
    ]);
    expect(readdirSync(join(bed.envDir, directory)).toSorted()).toEqual(['.ccproxy-env', '.ccproxy-trusted.0']);
    const inStore = join(bed.state, 'data', 'projects', record.id);
    expect([mode(join(inStore, 'token')), mode(inStore), mode(join(bed.envDir, directory, '.ccproxy-env'))]).toEqual([0o600, 0o700, 0o600]);
    expect([mode(bed.envDir), mode(join(bed.envDir, directory))]).toEqual([0o700, 0o700]);
  });

  it('[D4] keeps eight contents, one slot each, and replaces the one allowed longest ago', async () => {
    const directory = bed.project('branches');
    const contents = Array.from({ length: 9 }, (_, index) => `profile: ${index % 2 === 0 ? 'work' : 'play'} # ${index}\n`);
    const ids = new Set<string>();
    for (const text of contents.slice(0, 8)) {
      bed.edit(directory, text);
      ids.add((await bed.allow(directory)).record.id);
    }
    bed.edit(directory, contents[0] ?? '');
    expect((await bed.allow(directory)).known).toBe(true);
    bed.edit(directory, contents[8] ?? '');
    const { record, previous } = await bed.allow(directory);
    ids.add(record.id);
    expect(ids.size).toBe(1);
    expect(previous).toBe(contents[0]);
    const stored = Array.from({ length: 8 }, (_, slot) => bed.entry(directory, `.ccproxy-trusted.${slot}`).toString());
    expect(stored).toEqual([contents[0], contents[8], ...contents.slice(2, 8)]);
    expect(bed.entry(directory, '.ccproxy-env').toString()).toContain(
      '\0@1\0CCPROXY_PROFILE=work\0@2\0CCPROXY_PROFILE=work\0@3\0CCPROXY_PROFILE=play\0',
    );
    bed.edit(directory, contents[1] ?? '');
    expect((await projectStanding(bed.places, directory)).kind).toBe('edited');
    bed.edit(directory, contents[2] ?? '');
    expect((await projectStanding(bed.places, directory)).kind).toBe('allowed');
    expect(readdirSync(join(bed.state, 'data', 'projects', record.id))).toHaveLength(10);
  });

  it('[D4] is bound to the content: one byte more and the project is not allowed', async () => {
    const directory = bed.project('edited');
    expect((await projectStanding(bed.places, directory)).kind).toBe('unknown');
    await bed.allow(directory);
    for (const text of ['profile: work\n\n', 'profile: work', 'profile: work\r\n', 'profile: work\n\0']) {
      bed.edit(directory, text);
      expect((await projectStanding(bed.places, directory)).kind).toBe('edited');
    }
    bed.edit(directory, 'profile: work\n');
    expect((await projectStanding(bed.places, directory)).kind).toBe('allowed');
  });

  it('[D4] knows a project also by the link it was allowed through', async () => {
    const directory = bed.project('target');
    const link = join(bed.root, 'home', 'link');
    symlinkSync(directory, link);
    const { record } = await bed.allow(link);
    expect(record).toMatchObject({ path: directory, aliases: [link] });
    expect(bed.entry(link, '.ccproxy-env')).toEqual(bed.entry(directory, '.ccproxy-env'));
    expect(bed.entry(link, '.ccproxy-trusted.0')).toEqual(bed.entry(directory, '.ccproxy-trusted.0'));
    expect((await projectStanding(bed.places, link)).kind).toBe('allowed');
  });

  it('[D4] allows /a, /a/env and /a/trusted beside each other, and names no shell could quote', async () => {
    const names = ['a', 'a/env', 'a/trusted', 'we ird $(touch pwned)`id`\'"', '-n', '*', 'new\nline', 'esc\u001b[31m', 'ünï', 'a/run/data'];
    const ids = new Set<string>();
    for (const name of names) ids.add((await bed.allow(bed.project(name, `profile: work # ${ids.size}\n`))).record.id);
    expect(ids.size).toBe(names.length);
    for (const [index, name] of names.entries()) {
      expect(bed.entry(join(bed.root, 'home', name), '.ccproxy-trusted.0').toString()).toBe(`profile: work # ${index}\n`);
    }
  });

  it.each(['.ccproxy-env', 'x/.ccproxy-trusted.3/y', '.ccproxy-trusted.12'])('[D4] refuses a project below %s', async (name) => {
    expect(await codeOf(bed.allow(bed.project(name)))).toBe('CCP_PROJECT_NAME');
  });

  it('[D4] refuses files that a shell could not compare, without waiting for any', async () => {
    const cases: [string, (directory: string, file: string) => void, string][] = [
      ['nul', (directory) => bed.edit(directory, 'profile: work\0\n'), 'CCP_PROJECT_FILE_REFUSED'],
      ['large', (directory) => bed.edit(directory, `#${'x'.repeat(65_535)}`), 'CCP_PROJECT_FILE_REFUSED'],
      ['not utf-8', (directory) => bed.edit(directory, Buffer.from([0x23, 0xff, 0xfe])), 'CCP_PROJECT_FILE_REFUSED'],
    ];
    for (const [name, write, code] of cases) {
      const directory = bed.project(name);
      write(directory, join(directory, '.ccproxy.yaml'));
      expect(await codeOf(bed.allow(directory))).toBe(code);
    }
    const directory = join(bed.root, 'odd');
    mkdirSync(directory);
    expect(await codeOf(bed.allow(directory))).toBe('CCP_PROJECT_FILE_MISSING');
    expect(await codeOf(bed.allow(join(directory, 'gone')))).toBe('CCP_PROJECT_FILE_MISSING');
    execFileSync('mkfifo', [join(directory, '.ccproxy.yaml')]);
    expect(await codeOf(bed.allow(directory))).toBe('CCP_PROJECT_FILE_REFUSED');
    const loop = join(bed.root, 'loop');
    mkdirSync(loop);
    symlinkSync('.ccproxy.yaml', join(loop, '.ccproxy.yaml'));
    expect(await codeOf(bed.allow(loop))).toBe('CCP_PROJECT_FILE_REFUSED');
    mkdirSync(join(bed.root, 'dir', '.ccproxy.yaml'), { recursive: true });
    expect(await codeOf(bed.allow(join(bed.root, 'dir')))).toBe('CCP_PROJECT_FILE_REFUSED');
    expect(existsSync(bed.envDir)).toBe(false);
  });

  it('[D4] refuses what others could change: foreign owners, open files, open directories', async () => {
    const directory = bed.project('shared/project');
    const file = join(directory, '.ccproxy.yaml');
    expect(await codeOf(bed.allow(directory, (process.getuid?.() ?? 0) + 1))).toBe('CCP_PROJECT_UNSAFE');
    for (const [path, open] of [
      [file, 0o602],
      [directory, 0o703],
      [directory, 0o1777],
      [join(directory, '..'), 0o703],
    ] as const) {
      const before = mode(path);
      chmodSync(path, open);
      expect(await codeOf(bed.allow(directory)), `${path} ${open.toString(8)}`).toBe('CCP_PROJECT_UNSAFE');
      chmodSync(path, before);
    }
    chmodSync(join(directory, '..'), 0o1777);
    expect(await codeOf(bed.allow(directory))).toBe('nothing was refused');
    const { uid, gid } = statSync(file);
    chmodSync(file, 0o660);
    expect(await codeOf(bed.allow(directory))).toBe(gid === uid ? 'nothing was refused' : 'CCP_PROJECT_UNSAFE');
  });

  it('[D4] says what is wrong in the file, with its place, and allows nothing', async () => {
    const directory = bed.project('wrong', 'profile: wrok\n');
    const error = await bed.allow(directory).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CCP_CONFIG_REFERENCE', hint: 'Did you mean `work`?', where: { line: 1, column: 10 } });
    expect(existsSync(bed.envDir)).toBe(false);
  });
});

describe('denyProject', () => {
  it('[D4] ends id, token and copies, and leaves the project known and silent', async () => {
    const directory = bed.project('denied');
    const { record } = await bed.allow(directory);
    expect((await denyProject(bed.places, directory))?.id).toBe(record.id);
    expect(readdirSync(join(bed.envDir, directory))).toEqual(['.ccproxy-env']);
    expect(bed.entry(directory, '.ccproxy-env')).toHaveLength(0);
    expect(await bed.places.store.token(record.id)).toBeUndefined();
    expect(await bed.places.store.list()).toEqual([]);
    expect((await projectStanding(bed.places, directory)).kind).toBe('denied');
    expect((await bed.allow(directory)).record.id).not.toBe(record.id);
    expect((await projectStanding(bed.places, directory)).kind).toBe('allowed');
  });

  it('[D4] silences a directory that never was allowed, or is gone', async () => {
    expect(await denyProject(bed.places, join(bed.root, 'never', 'there'))).toBeUndefined();
    expect(bed.entry(join(bed.root, 'never', 'there'), '.ccproxy-env')).toHaveLength(0);
    expect(await codeOf(denyProject(bed.places, '/x/.ccproxy-env'))).toBe('CCP_PROJECT_NAME');
  });

  it('[D4] forgets a project with every directory that was made for it, and none of another', async () => {
    const outer = await bed.allow(bed.project('outer'));
    const inner = await bed.allow(bed.project('outer/in/ner'));
    await forgetProject(bed.places, inner.record);
    expect(existsSync(join(bed.envDir, inner.record.path))).toBe(false);
    expect(existsSync(join(bed.envDir, outer.record.path, 'in'))).toBe(false);
    expect(bed.entry(outer.record.path, '.ccproxy-trusted.0')).toHaveLength(14);
    await forgetProject(bed.places, outer.record);
    expect(readdirSync(bed.envDir)).toEqual([]);
    expect(await bed.places.epoch.read()).toEqual(nowhere);
  });
});
