import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProcesses, createTempHome, type Daemon, startDaemon } from '@ccproxy-internal/test-kit';
import { connectDaemon, createDaemonClient, daemonNodeFlags } from '@ccproxy/client';
import { resolvePaths } from '@ccproxy/kernel';
import { expect, it } from 'vitest';
import { collectGarbage } from '../daemon/collect-garbage.ts';
import { startSoakLanes } from './soak-lanes.ts';
import { startSoakUpstream } from './soak-upstream.ts';

const minutes = Number(process.env['CCPROXY_SOAK_MINUTES'] ?? 15);
const streams = 50;
/** What the heap may have grown by between the two looks at it, MB. */
const growth = 3;
/** Idle connections to providers are closed within this time, and files written to the end, ms. */
const settle = 10_000;

interface Look {
  readonly heapMb: number;
  readonly rssMb: number;
  readonly descriptors: readonly string[];
}

/** Kinds of the open descriptors of a process, sorted: names of files, `socket`, `pipe` and the like. */
const descriptorsOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`)
    .flatMap((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`).replace(/:\[\d+\]$/, '');
      } catch {
        return []; // closed since it was listed
      }
    })
    .toSorted();

/** Looks again until nothing is opened or closed for a while. */
async function settledDescriptors(pid: number): Promise<string[]> {
  for (let seen = descriptorsOf(pid); ;) {
    await sleep(settle);
    const now = descriptorsOf(pid);
    if (now.join() === seen.join()) return now;
    seen = now;
  }
}

async function look(daemon: Daemon): Promise<Look> {
  const descriptors = await settledDescriptors(daemon.pid);
  const heapMb = (await collectGarbage(daemon.process.stderr())) / 2 ** 20;
  const rssMb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))?.[1]) / 1024;
  return { heapMb, rssMb, descriptors };
}

it(
  `[C5][F1] G9: ${minutes} minutes with ${streams} streams leave neither memory nor descriptors behind`,
  { timeout: (minutes + 10) * 60_000 },
  async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = stack.adopt(await startSoakUpstream(), (open) => open.close());
    const home = stack.use(createTempHome());
    const processes = stack.use(createProcesses());
    const daemon = await startDaemon({
      home,
      processes,
      nodeFlags: [...daemonNodeFlags, '--inspect=127.0.0.1:0'],
      config: {
        providers: {
          anthropic: { type: 'anthropic', baseUrl: upstream.url, auth: 'client' },
          chat: { type: 'openai', baseUrl: `${upstream.url}/v1`, apiKey: 'key-of-the-other-provider' },
        },
        models: { default: { provider: 'anthropic' }, translated: { provider: 'chat', model: 'some-model' } },
      },
    });
    const paths = resolvePaths({ env: {}, home: undefined, platform: process.platform, stateDir: home.stateDir });
    const connected = await connectDaemon({ paths, client: 'soak', version: '0.0.0' });
    const client = stack.adopt(createDaemonClient(connected), (open) => open.close());
    const { token } = await client.openSession({ client: 'soak', pid: process.pid });
    const lanes = stack.adopt(startSoakLanes(daemon.url, streams, token), (open) => open.close());

    /** With every client in the middle of a stream, so that both looks see the same. */
    const lookAtStreams = async (): Promise<Look> => {
      await lanes.pause();
      const held = lanes.holdStreams();
      await expect.poll(() => upstream.held()).toBe(streams);
      const seen = await look(daemon);
      upstream.release();
      const answers = await held;
      expect(answers.filter(({ completed }) => !completed)).toEqual([]);
      lanes.go();
      return seen;
    };

    await sleep((minutes / 3) * 60_000);
    const early = await lookAtStreams();
    await sleep(((minutes * 2) / 3) * 60_000);
    const late = await lookAtStreams();

    const row = (name: string, { heapMb, rssMb, descriptors }: Look): string =>
      `| ${name} | ${heapMb.toFixed(2)} | ${rssMb.toFixed(0)} | ${descriptors.length} |`;
    const counts = [...lanes.ended].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
    console.log(`| after | heap, MB | resident, MB | descriptors |\n| --- | --- | --- | --- |`);
    console.log(`${row(`${minutes / 3} min`, early)}\n${row(`${minutes} min`, late)}\n| requests | ${counts} | | |`);
    expect([...lanes.ended.keys()].filter((outcome) => outcome.startsWith('odd'))).toEqual([]);
    expect(late.descriptors).toEqual(early.descriptors);
    expect(late.heapMb - early.heapMb).toBeLessThanOrEqual(growth);
  },
);
