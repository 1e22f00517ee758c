import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runShell } from './testing/run-shell.js';
import { createTestWorld, testedShells, type TestWorld } from './testing/test-world.js';

const url = 'http://127.0.0.1:3456/p/abc';
const active = { ANTHROPIC_BASE_URL: `exported:${url}` };
const inactive = { ANTHROPIC_BASE_URL: 'unset', __CCPROXY_SAVED: 'unset' };

describe.each(testedShells)('%s: trust', (shell) => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await createTestWorld();
  });
  afterAll(() => world.remove());
  const file = (project: string, w: { quote: (text: string) => string }): string => w.quote(path.join(project, '.ccproxy.yaml'));

  it('[D2] 20 a project that was never allowed sets nothing and is named once per shell; a denied one is silent', async () => {
    const project = await world.project('p20', { allowed: false });
    const denied = await world.project('p20d', { allowed: false });
    await world.tree.deny(denied);
    const run = await runShell(shell, world, (w) => [
      ...[project, world.home, project, denied].flatMap((place) => [w.cd(place), w.prompt, w.prompt]),
      w.show('denied'),
      w.cd(project),
      w.prompt,
      w.show('new'),
    ]);
    expect(run.at('new')).toMatchObject({ ...inactive, CCPROXY_PROMPT: 'plain:?' });
    expect(run.at('denied')).toMatchObject({ ...inactive, CCPROXY_PROMPT: 'plain:' });
    expect(run.stderr.match(/p20'? has a \.ccproxy\.yaml that is not allowed/g)).toHaveLength(1);
    expect(run.stderr).not.toContain('p20d');
  });

  it('[D2] 21-23 an edit deactivates at the next prompt, touching does not, and allowing again activates, without a cd', async () => {
    const project = await world.project('p21', { content: 'a: 1\n' });
    const copy = path.join(world.stateDir, 'env', project, '.ccproxy-trusted.1');
    const run = await runShell(shell, world, (w) => [
      w.cd(project),
      w.prompt,
      `touch ${file(project, w)}`,
      w.prompt,
      w.show('touched'),
      `printf 'a: 2\\n' > ${file(project, w)}`,
      w.prompt,
      w.show('edited'),
      w.prompt,
      `cp ${file(project, w)} ${w.quote(copy)}`,
      `sh -c ${w.quote(`cd ${world.stateDir}/shell; printf '1 newepoch1 4 3456 0\\n' > epoch; touch epoch.newepoch1; rm -f epoch.epoch*`)}`,
      w.prompt,
      w.show('allowed again'),
    ]);
    await world.tree.bump();
    expect(run.at('touched')).toMatchObject(active);
    expect(run.at('edited')).toMatchObject({ ...inactive, CCPROXY_PROMPT: 'plain:?' });
    expect(run.at('allowed again')).toMatchObject(active);
    expect(run.stderr.match(/is not the one you allowed/g)).toHaveLength(1);
  });

  it('[D2] 24-28 a denial, a deleted file, a file made in the directory, and another allowed content are seen without a cd', async () => {
    const project = await world.project('p24', { content: 'branch: a\n' });
    await world.tree.allow(project, ['branch: a\n', 'branch: b\n'], { ANTHROPIC_BASE_URL: '/p/abc', CCPROXY_PROFILE: 'both' }, [
      {},
      { CCPROXY_PROFILE: 'of-b' },
    ]);
    const sub = await world.folder('p24/sub');
    const run = await runShell(shell, world, (w) => [
      w.cd(sub),
      w.prompt,
      w.show('a'),
      `printf 'branch: b\\n' > ${file(project, w)}`,
      w.prompt,
      w.show('b'),
      `printf 'branch: a\\n' > ${file(project, w)}`,
      w.prompt,
      w.show('a again'),
      `mv ${file(project, w)} ${w.quote(`${project}/gone`)}`,
      w.prompt,
      w.show('gone'),
      `mv ${w.quote(`${project}/gone`)} ${file(project, w)}`,
      w.cd(project),
      w.cd(sub),
      w.prompt,
      w.show('back'),
      `printf 'own\\n' > ${file(sub, w)}`,
      w.prompt,
      w.show('nearer'),
      `rm ${file(sub, w)}`,
      w.prompt,
      w.show('nearer gone'),
      `sh -c ${w.quote(`: > '${world.stateDir}/env${project}/.ccproxy-env'; cd '${world.stateDir}/shell'; printf '1 newepoch2 4 3456 0\\n' > epoch; touch epoch.newepoch2; rm -f epoch.epoch*`)}`,
      w.prompt,
      w.show('denied'),
    ]);
    await world.tree.bump();
    const profiles = ['a', 'b', 'a again', 'back', 'nearer gone'].map((label) => run.at(label)['CCPROXY_PROFILE']);
    expect(profiles).toEqual(['exported:both', 'exported:of-b', 'exported:both', 'exported:both', 'exported:both']);
    for (const label of ['gone', 'nearer', 'denied']) expect(run.at(label)).toMatchObject(inactive);
  });

  it('[D2] 26 a deleted directory breaks nothing', async () => {
    const project = await world.project('p26/x');
    const run = await runShell(shell, world, (w) => [
      w.cd(project),
      w.prompt,
      `rm -r ${w.quote(path.dirname(project))}`,
      w.prompt,
      w.show('deleted'),
      w.cd(world.home),
      w.prompt,
      w.show('after'),
    ]);
    expect(run.at('deleted')).toMatchObject(inactive);
    expect(run.at('after')).toMatchObject(inactive);
  });

  it('[D2] defect 7: a NUL byte, a missing or added line end, CR and invalid UTF-8 are not the allowed bytes, however old the file', async () => {
    const allowed = Buffer.from('profile: work\nx: \u00e9\n');
    const variants: Readonly<Record<string, Uint8Array>> = {
      same: allowed,
      nul: Buffer.concat([allowed, Buffer.from('\0evil: 1\n')]),
      'nul at the end': Buffer.concat([allowed, Buffer.from('\0')]),
      'no line end': allowed.subarray(0, -1),
      'line end': Buffer.concat([allowed, Buffer.from('\n')]),
      crlf: Buffer.from(allowed.toString().replaceAll('\n', '\r\n')),
      invalid: Buffer.concat([allowed.subarray(0, -2), Buffer.from([0xff, 0x0a])]),
      empty: new Uint8Array(),
      start: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), allowed]),
    };
    for (const [name, content] of Object.entries(variants)) {
      const project = await world.project(`variant ${name}`, { content, allowed: false });
      await world.tree.allow(project, [allowed]);
    }
    const empty = await world.project('empty', { content: '' });
    const binary = Buffer.from(Array.from({ length: 255 }, (_, index) => index + 1));
    const bytes = await world.project('bytes', { content: binary });
    const run = await runShell(shell, world, (w) =>
      [...Object.keys(variants).map((name) => path.join(world.home, `variant ${name}`)), empty, bytes].flatMap((place) => [
        w.cd(place),
        w.prompt,
        w.show(path.basename(place)),
      ]),
    );
    const on = [...run.snapshots].filter(([, snapshot]) => snapshot['ANTHROPIC_BASE_URL'] === `exported:${url}`).map(([label]) => label);
    expect(on).toEqual(['variant same', 'empty', 'bytes']);
  });

  it('[D2] 53 defect 6: a pipe, a directory, a device and a huge file are refused without reading them through', async () => {
    for (const name of ['pipe', 'directory', 'device', 'huge', 'largest']) await world.folder(`odd/${name}`);
    const place = (name: string): string => path.join(world.home, 'odd', name, '.ccproxy.yaml');
    execFileSync('mkfifo', [place('pipe')]);
    await mkdir(place('directory'));
    await symlink('/dev/zero', place('device'));
    execFileSync('truncate', ['-s', '1G', place('huge')]);
    const largest = Buffer.alloc(65_535, 0x61);
    await writeFile(place('largest'), largest);
    for (const name of ['pipe', 'directory', 'device', 'huge']) await world.tree.allow(path.dirname(place(name)), ['x']);
    await world.tree.allow(path.dirname(place('largest')), [largest]);
    const run = await runShell(shell, world, (w) =>
      ['pipe', 'directory', 'device', 'huge', 'largest'].flatMap((name) => [w.cd(path.dirname(place(name))), w.prompt, w.show(name)]),
    );
    await rm(path.join(world.home, 'odd'), { recursive: true });
    for (const name of ['pipe', 'directory', 'device', 'huge']) expect(run.at(name)).toMatchObject(inactive);
    expect(run.at('largest')).toMatchObject(active);
  });

  it('[D2] /a, /a/env and /a/trusted can be allowed together', async () => {
    const places = [await world.project('a'), await world.project('a/env'), await world.project('a/trusted')];
    for (const [index, place] of places.entries()) {
      await world.tree.allow(place, [`profile: ${encodeURIComponent(path.relative(world.home, place))}\n`], {
        ANTHROPIC_BASE_URL: `/p/id${index}`,
      });
    }
    const run = await runShell(shell, world, (w) => places.flatMap((place) => [w.cd(place), w.prompt, w.show(place)]));
    expect(places.map((place) => run.at(place)['ANTHROPIC_BASE_URL']?.slice(-3))).toEqual(['id0', 'id1', 'id2']);
    expect(await readdir(path.join(world.stateDir, 'env', places[0] ?? ''))).toEqual([
      '.ccproxy-env',
      '.ccproxy-trusted.0',
      'env',
      'trusted',
    ]);
  });

  it('[D2] 52 a state directory that is missing or unreadable, and an entry of another version, set nothing and say so at most once', async () => {
    const project = await world.project('p52');
    const entry = path.join(world.stateDir, 'env', project);
    const cases: Readonly<Record<string, string>> = {
      gone: `mv '${world.stateDir}/env' '${world.stateDir}/env2'`,
      back: `mv '${world.stateDir}/env2' '${world.stateDir}/env'`,
      version: `printf '2\\0ANTHROPIC_BASE_URL=/p/abc\\0' > '${entry}/.ccproxy-env'`,
      garbage: `head -c 3000 /dev/urandom > '${entry}/.ccproxy-env'`,
      'no epoch': `rm '${world.stateDir}/shell/epoch' '${world.stateDir}'/shell/epoch.*`,
    };
    const run = await runShell(shell, world, (w) =>
      Object.entries(cases).flatMap(([label, command]) => [
        w.cd(world.home),
        w.prompt,
        `sh -c ${w.quote(`${command}; cd '${world.stateDir}/shell'; test '${label}' = 'no epoch' || { rm -f epoch.*; id=$(od -An -N5 -tx1 /dev/urandom | tr -d ' \\n'); printf "1 $id 4 3456 0\\n" > epoch; touch epoch.$id; }`)}`,
        w.cd(project),
        w.prompt,
        w.prompt,
        w.show(label),
      ]),
    );
    await world.tree.bump();
    expect(run.at('back')).toMatchObject(active);
    for (const label of ['gone', 'version', 'garbage', 'no epoch']) expect(run.at(label)).toMatchObject(inactive);
    expect(run.stderr.split('\n').length).toBeLessThanOrEqual(4);
  });
});
