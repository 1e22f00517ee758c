import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProject, logicalDirectory } from './find-project.js';
import { ProjectBed } from './testing/project-bed.js';

let bed: ProjectBed;
beforeEach(() => {
  bed = new ProjectBed();
});
afterEach(() => bed.end());

describe('findProject', () => {
  it('[D4] takes the nearest file of the user, and does not leave the home directory', async () => {
    const uid = process.getuid?.();
    const outer = bed.project('outer');
    const inner = bed.project('outer/inner');
    const deep = join(inner, 'a', 'b');
    mkdirSync(deep, { recursive: true });
    expect(await findProject({ from: deep, home: bed.root, uid })).toBe(inner);
    expect(await findProject({ from: join(outer, 'other'), home: bed.root, uid })).toBe(outer);
    expect(await findProject({ from: deep, home: deep, uid })).toBeUndefined();
    expect(await findProject({ from: outer, home: outer, uid })).toBe(outer);
    expect(await findProject({ from: deep, home: bed.root, uid: (uid ?? 0) + 1 })).toBeUndefined();
  });

  it('[D4] passes over a directory of that name', async () => {
    const outer = bed.project('outer');
    mkdirSync(join(outer, 'in', '.ccproxy.yaml'), { recursive: true });
    expect(await findProject({ from: join(outer, 'in'), home: bed.root, uid: process.getuid?.() })).toBe(outer);
  });
});

describe('logicalDirectory', () => {
  it('[D4] believes PWD only where it names the same directory', async () => {
    const directory = bed.project('real');
    const link = join(bed.root, 'link');
    symlinkSync(directory, link);
    expect(await logicalDirectory(directory, link)).toBe(link);
    for (const pwd of [undefined, '', 'link', bed.root, join(bed.root, 'gone'), `${link}/../link`])
      expect(await logicalDirectory(directory, pwd)).toBe(directory);
  });
});
