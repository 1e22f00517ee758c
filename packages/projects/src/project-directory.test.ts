import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@ccproxy/kernel';
import { FakeClock } from '@ccproxy/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { denyProject } from './deny-project.js';
import { openProjects } from './project-directory.js';
import { ProjectBed } from './testing/project-bed.js';

let bed: ProjectBed;
let clock: FakeClock;
beforeEach(() => {
  bed = new ProjectBed();
  clock = new FakeClock();
});
afterEach(() => bed.end());

async function open() {
  const tokens = new Map<string, string>();
  const projects = openProjects({
    places: bed.places,
    selectable: await bed.selectable(),
    tokens: { add: (id, token) => void tokens.set(id, token), revoke: (id) => void tokens.delete(id) },
    clock,
    logger: silentLogger,
  });
  await projects.reload();
  return { projects, tokens };
}

describe('openProjects', () => {
  it('[D4] serves the stored copy, never the live file', async () => {
    const directory = bed.project('live', 'profile: work\n');
    const { record } = await bed.allow(directory);
    const { projects, tokens } = await open();
    expect(await projects.find(record.id)).toMatchObject({ path: directory, config: { profile: 'work' } });
    expect(tokens.get(record.id)).toBe(await bed.places.store.token(record.id));
    for (const text of ['profile: play\n', 'routes: [{ name: a, when: { stream: true }, to: small }]\n', '\0', '']) {
      bed.edit(directory, text);
      clock.advance(2000);
      expect((await projects.find(record.id)).config).toEqual({ profile: 'work', routes: [], limits: {} });
    }
    rmSync(directory, { recursive: true });
    clock.advance(2000);
    expect((await projects.find(record.id)).config.profile).toBe('work');
  });

  it('[D4] follows the file between contents that are allowed', async () => {
    const directory = bed.project('branches', 'profile: work\n');
    await bed.allow(directory);
    bed.edit(directory, 'profile: play\n');
    const { record } = await bed.allow(directory);
    const { projects } = await open();
    expect((await projects.find(record.id)).config.profile).toBe('play');
    bed.edit(directory, 'profile: work\n');
    expect((await projects.find(record.id)).config.profile).toBe('play');
    clock.advance(1001);
    const served = await projects.find(record.id);
    expect(served.config.profile).toBe('work');
    await projects.reload();
    expect(await projects.find(record.id)).toBe(served);
  });

  it('[D4] learns of projects that come and go, and ends the tokens of those that went', async () => {
    const { projects, tokens } = await open();
    const { record } = await bed.allow(bed.project('late'));
    await expect(projects.find(record.id)).rejects.toMatchObject({ code: 'CCP_PROJECT_UNKNOWN', httpStatus: 404 });
    clock.advance(1001);
    expect((await projects.find(record.id)).id).toBe(record.id);
    expect(projects.records()).toHaveLength(1);
    await denyProject(bed.places, record.path);
    await projects.reload();
    expect(tokens.size).toBe(0);
    await expect(projects.find(record.id)).rejects.toMatchObject({ code: 'CCP_PROJECT_UNKNOWN' });
  });

  it('[D4] refuses a copy that was tampered with, and damaged records count as none', async () => {
    const { record } = await bed.allow(bed.project('damaged'));
    const stored = join(bed.state, 'data', 'projects', record.id);
    writeFileSync(join(stored, `allowed.${record.contents[0]?.digest}`), 'profile: play\n');
    const { projects } = await open();
    await expect(projects.find(record.id)).rejects.toMatchObject({ code: 'CCP_PROJECT_BROKEN' });
    writeFileSync(join(stored, 'project.json'), '{"version":1');
    writeFileSync(join(bed.state, 'data', 'projects', 'stray'), '');
    await projects.reload();
    expect(projects.records()).toEqual([]);
  });
});
