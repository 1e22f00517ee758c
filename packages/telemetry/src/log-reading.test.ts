import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '@ccproxy/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followLines, readLastLines } from './index.js';

let dir = '';
let file = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'ccproxy-tail-'));
  file = path.join(dir, 'ccproxy.log');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const numbered = (from: number, to: number, pad = 0) => Array.from({ length: to - from }, (_, i) => `line ${from + i}${'ä'.repeat(pad)}`);
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('readLastLines', () => {
  it('[B3] reads the last lines of a big file from its end', async () => {
    const all = numbered(0, 20_000, 20);
    await writeFile(file, text(all));
    for (const count of [0, 1, 10, 5000, 19_999, 20_000, 30_000])
      expect(await readLastLines(file, count)).toEqual(count === 0 ? [] : all.slice(-count));
  });

  it('[B3] goes back into rotated files, newest first', async () => {
    await writeFile(path.join(dir, 'ccproxy.2026-01-09.2.log'), text(numbered(0, 3)));
    await writeFile(path.join(dir, 'ccproxy.2026-01-09.10.log'), text(numbered(3, 6)));
    await writeFile(path.join(dir, 'ccproxy.2026-01-10.1.log'), text(numbered(6, 8)));
    await writeFile(path.join(dir, 'ccproxy.other.log'), 'not ours\n');
    await writeFile(file, `${text(numbered(8, 10))}an unfinished li`);
    expect(await readLastLines(file, 5)).toEqual(numbered(5, 10));
    expect(await readLastLines(file, 100)).toEqual(numbered(0, 10));
    await rm(file);
    expect(await readLastLines(file, 1)).toEqual(['line 7']);
  });

  it('[B3] says that there is no log', async () => {
    await expect(readLastLines(file, 3)).rejects.toMatchObject({
      code: 'CCP_LOG_UNREADABLE',
      where: { file },
      hint: expect.stringContaining('ccproxy start'),
    });
    await expect(readLastLines(path.join(dir, 'no', 'x.log'), 3)).rejects.toMatchObject({ code: 'CCP_LOG_UNREADABLE' });
    await writeFile(file, '');
    expect(await readLastLines(file, 3)).toEqual([]);
  });
});

describe('followLines', () => {
  async function following(
    lines: number,
    during: (seen: string[], until: (count: number) => Promise<void>) => Promise<void>,
  ): Promise<string[]> {
    const seen: string[] = [];
    const abort = new AbortController();
    const running = followLines({ file, lines, clock: systemClock, signal: abort.signal, pollMs: 5, onLine: (line) => seen.push(line) });
    const until = async (count: number) => {
      const end = Date.now() + 10_000;
      while (seen.length < count && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await during(seen, until);
    abort.abort();
    await running;
    return seen;
  }

  it('[B3] begins with the past, goes on with what is appended, across rotation, whole lines only', async () => {
    await writeFile(file, text(numbered(0, 10)));
    const seen = await following(2, async (_, until) => {
      await until(2);
      await appendFile(file, 'line 10\nline 1');
      await until(3);
      await appendFile(file, '1\n');
      await until(4);
      await appendFile(file, 'line 12\n');
      await rename(file, path.join(dir, 'ccproxy.2026-01-01.1.log'));
      await writeFile(file, 'line 13\n');
      await until(6);
      await appendFile(file, 'line 14\n');
      await until(7);
    });
    expect(seen).toEqual(numbered(8, 15));
  });

  it('[B3] waits for a file that is not there yet and starts over on one that was emptied', async () => {
    const seen = await following(5, async (_, until) => {
      await writeFile(file, text(numbered(0, 3)));
      await until(3);
      await truncate(file, 0);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await appendFile(file, 'new\n');
      await until(4);
    });
    expect(seen).toEqual([...numbered(0, 3), 'new']);
  });

  it('[F1] passes an endless line on in parts', async () => {
    await writeFile(file, 'x'.repeat(3 * 1024 * 1024));
    await appendFile(file, '\n');
    const seen = await following(0, async (all, until) => {
      await appendFile(file, `${'y'.repeat(2_500_000)}\n`);
      await until(3);
      expect(all.length).toBeGreaterThan(1);
    });
    expect(seen.join('').length).toBe(2_500_000);
  });

  it('ends at once when it is told to before it begins', async () => {
    const ended = followLines({ file, clock: systemClock, signal: AbortSignal.abort(), onLine: () => {} });
    await expect(ended).resolves.toBeUndefined();
  });
});
