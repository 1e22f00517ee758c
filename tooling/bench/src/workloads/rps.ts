import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, nowUs } from '../client.ts';
import type { Target } from '../targets/target.ts';
import { badCount, type Figures, withCpu, type Workload } from './workload.ts';

const width = 32;

export const rps: Workload = {
  name: 'rps',
  what: `small requests on ${width} connections as fast as they go: 3 s of wrk where it is installed, else 4000 by the built-in client`,
  mode: { stream: false },
  run: (target, { small: body }) => (hasWrk() ? byWrk(target, body) : byClient(target, body)),
};

const hasWrk = (): boolean => spawnSync('wrk', ['-v']).error === undefined;

async function byClient(target: Target, body: Buffer): Promise<Figures> {
  await using client = new Client(target.baseUrl, width);
  await client.parallel(body, 500, width);
  const count = 4000;
  const begun = nowUs();
  const { result, cpuUs } = await withCpu(target, () => client.parallel(body, count, width));
  return { rps: count / ((nowUs() - begun) / 1e6), cpuUs: cpuUs / count, bad: badCount(result) };
}

async function byWrk(target: Target, body: Buffer): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'ccp-wrk-'));
  try {
    const script = join(folder, 'post.lua');
    const headers = { 'content-type': 'application/json', 'x-api-key': 'dummy', 'anthropic-version': '2023-06-01' };
    const lines = Object.entries(headers).map(([name, value]) => `wrk.headers[${JSON.stringify(name)}]=${JSON.stringify(value)}\n`);
    writeFileSync(script, `wrk.method="POST"\nwrk.body=${JSON.stringify(body.toString())}\n${lines.join('')}`);
    const args = ['-t1', `-c${width}`, '-d3s', '-s', script, `${target.baseUrl}/v1/messages`];
    const { result, cpuUs } = await withCpu(target, () => outputOf('wrk', args));
    const find = (pattern: RegExp): number => Number(pattern.exec(result)?.[1] ?? 0);
    const requests = find(/(\d+) requests in/);
    return {
      rps: find(/Requests\/sec:\s+([\d.]+)/),
      cpuUs: cpuUs / requests,
      bad: requests === 0 ? 1 : find(/Non-2xx or 3xx responses: (\d+)/),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function outputOf(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child.once('error', reject);
    child.once('close', () => resolve(text));
  });
}
