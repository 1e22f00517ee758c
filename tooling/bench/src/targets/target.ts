import type { Processes, TrackedProcess } from '@ccproxy-internal/test-kit';
import { Client, nowUs } from '../client.ts';

/** How a proxy under test is started. */
export interface TargetSpec {
  readonly name: string;
  readonly port: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The only workloads it is there for; absent: all. */
  readonly workloads?: readonly string[];
}

/** A proxy under test, running; the upstream itself (`direct`) has no process of ours. */
export interface Target {
  readonly name: string;
  readonly baseUrl: string;
  readonly pid: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly workloads?: readonly string[];
}

export interface StartedTarget extends Target {
  readonly pid: number;
  readonly process: TrackedProcess;
  /** From the spawn to the first 200. */
  readonly startMs: number;
}

const startLimitUs = 30_000_000;

/** Starts a proxy and waits until it has answered a request. Throws with what it wrote when it does not. */
export async function startTarget(spec: TargetSpec, processes: Processes, body: Buffer): Promise<StartedTarget> {
  const begun = nowUs();
  const child = processes.spawn(process.execPath, spec.args, { env: spec.env });
  const baseUrl = `http://127.0.0.1:${spec.port}`;
  for (;;) {
    await using client = new Client(baseUrl, 1, spec.headers);
    const { status, error } = await client.send(body);
    if (status === 200) {
      const { name, headers = {}, workloads } = spec;
      const started = { name, baseUrl, headers, pid: child.pid, process: child, startMs: (nowUs() - begun) / 1000 };
      return workloads === undefined ? started : { ...started, workloads };
    }
    if (!child.running() || nowUs() - begun > startLimitUs) {
      throw new Error(`${spec.name} did not start (${error}):\n${child.stdout()}${child.stderr()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function stopTarget(target: StartedTarget): Promise<void> {
  target.process.kill('SIGTERM');
  const timer = setTimeout(() => target.process.kill('SIGKILL'), 5000);
  await target.process.ended;
  clearTimeout(timer);
}
