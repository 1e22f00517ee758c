import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOrCreatePipeId } from './pipe-id.js';
import { ensurePrivateDir } from './private-dir.js';
import { writeFileAtomic } from './write-file-atomic.js';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'ccproxy-files-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const mode = async (file: string) => (await stat(file)).mode & 0o777;

describe('ensurePrivateDir', () => {
  it('[F2] creates a directory and its parents for the user alone, and again without a word', async () => {
    const deep = path.join(dir, 'a', 'b');
    await ensurePrivateDir(deep);
    await ensurePrivateDir(deep);
    expect([await mode(path.dirname(deep)), await mode(deep)]).toEqual([0o700, 0o700]);
  });

  it('[F2] tightens an own directory that others can enter', async () => {
    await chmod(dir, 0o755);
    await ensurePrivateDir(dir);
    expect(await mode(dir)).toBe(0o700);
  });

  it('[F2] refuses links, files and directories of others, and says so', async () => {
    const link = path.join(dir, 'link');
    const dangling = path.join(dir, 'dangling');
    const file = path.join(dir, 'file');
    await symlink(dir, link);
    await symlink(path.join(dir, 'nowhere'), dangling);
    await writeFile(file, '');
    await expect(ensurePrivateDir(link)).rejects.toMatchObject({
      code: 'CCP_DIR_UNSAFE',
      message: expect.stringContaining('symbolic link'),
    });
    await expect(ensurePrivateDir(dangling)).rejects.toMatchObject({
      code: 'CCP_DIR_UNSAFE',
      message: expect.stringContaining('symbolic link'),
    });
    await expect(ensurePrivateDir(file)).rejects.toMatchObject({
      code: 'CCP_DIR_UNSAFE',
      message: expect.stringContaining('not a directory'),
    });
    const foreign = ensurePrivateDir(dir, { uid: 4242 });
    await expect(foreign).rejects.toMatchObject({
      code: 'CCP_DIR_UNSAFE',
      message: expect.stringContaining('not to user 4242'),
      where: { file: dir },
    });
  });

  it('[F1] names the reason when it cannot be created', async () => {
    await writeFile(path.join(dir, 'file'), '');
    await expect(ensurePrivateDir(path.join(dir, 'file', 'x'))).rejects.toMatchObject({
      code: 'CCP_PATH_MISSING',
      hint: expect.stringMatching(/./),
    });
  });
});

describe('writeFileAtomic', () => {
  it.each([false, true])('[F1] replaces a file whole, mode 0600 whatever the umask (durable: %s)', async (durable) => {
    const file = path.join(dir, 'state.json');
    await writeFile(file, 'old', { mode: 0o666 });
    const old = process.umask(0o077);
    try {
      await writeFileAtomic(file, 'new', { durable });
      await writeFileAtomic(`${file}.pub`, Buffer.from('bytes'), { durable, mode: 0o644 });
    } finally {
      process.umask(old);
    }
    expect([await readFile(file, 'utf8'), await mode(file), await mode(`${file}.pub`)]).toEqual(['new', 0o600, 0o644]);
    expect(await readdir(dir)).toEqual(['state.json', 'state.json.pub']);
  });

  it('[F1] leaves nothing behind when it fails', async () => {
    await mkdir(path.join(dir, 'target', 'full'), { recursive: true });
    await expect(writeFileAtomic(path.join(dir, 'target'), 'x')).rejects.toMatchObject({ code: expect.stringMatching(/^CCP_/) });
    await expect(writeFileAtomic(path.join(dir, 'no', 'such'), 'x')).rejects.toMatchObject({
      code: 'CCP_PATH_MISSING',
      message: expect.stringContaining('cannot write'),
    });
    expect(await readdir(dir)).toEqual(['target']);
  });

  it('[F1] shows readers the old or the new content, never a part', async () => {
    const file = path.join(dir, 'busy');
    const contents = ['a'.repeat(200_000), 'b'.repeat(300_000)];
    await writeFileAtomic(file, contents[0] ?? '');
    const rounds = Array.from({ length: 60 }, (_, i) => contents[i % 2] ?? '');
    const writer = rounds.reduce((before, content) => before.then(() => writeFileAtomic(file, content)), Promise.resolve());
    const done = writer.then(() => 'done' as const);
    let reads = 0;
    do {
      expect(contents.includes(await readFile(file, 'utf8'))).toBe(true);
      reads++;
    } while ((await Promise.race([done, Promise.resolve('busy' as const)])) === 'busy');
    await writer;
    expect(reads).toBeGreaterThan(0);
  });
});

describe('readOrCreatePipeId', () => {
  it('[A9][F2] gives every process the same random name, in a file of the user alone', async () => {
    const file = path.join(dir, 'pipe');
    const ids = await Promise.all(Array.from({ length: 20 }, () => readOrCreatePipeId(file)));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{24}$/);
    expect(await mode(file)).toBe(0o600);
    expect(await readdir(dir)).toEqual(['pipe']);
    await expect(readOrCreatePipeId(path.join(dir, 'no', 'pipe'))).rejects.toMatchObject({ code: 'CCP_PATH_MISSING' });
    await expect(readOrCreatePipeId(dir)).rejects.toMatchObject({ code: 'EISDIR' });
  });
});
