import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Observer } from '@ccproxy/config';
import type { Clock, Logger, Timer } from '@ccproxy/kernel';
import type { CustomAnswer } from '@ccproxy/router';
import type { ModuleData, ModuleQuestion, ModuleReply } from './routing-module-protocol.js';

/** The routing modules of a configuration. */
export interface RoutingModules {
  /** Asks a module. Never rejects: what goes wrong is the answer. */
  ask(name: string, request: ModuleQuestion['request'], body: Uint8Array): Promise<CustomAnswer>;
  /** Starts all threads; a module that cannot be loaded is logged, and its rules do not fire. */
  start(): Promise<void>;
  health(): readonly Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

export interface RoutingModulesOptions {
  readonly modules: readonly Observer[];
  /** `observer`: they are told and not asked; what they answer is of no interest. */
  readonly kind?: ModuleData['kind'];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long a module may take to be loaded, ms. */
const loadMs = 5000;
/** Failures in a row after which a module is left alone, and for how long, ms. */
const failuresAllowed = 5;
const restMs = 30_000;
/** Questions that may wait for one module. */
const mostWaiting = 256;
const heapMb = 128;

/** Makes the modules; their threads start with `start` or with the first question. */
export function createRoutingModules({ modules, kind = 'routing', clock, logger }: RoutingModulesOptions): RoutingModules {
  const hosts = new Map(modules.map((module) => [module.name, new ModuleHost(module, kind, clock, logger)]));
  return {
    ask: (name, request, body) => hosts.get(name)?.ask(request, body) ?? Promise.resolve({ failed: 'there is no such module' }),
    async start() {
      await Promise.all([...hosts.values()].map((host) => host.start()));
    },
    health: () => [...hosts.values()].map((host) => host.health()),
    async close() {
      await Promise.all([...hosts.values()].map((host) => host.close()));
    },
  };
}

interface Waiting {
  readonly settle: (answer: CustomAnswer) => void;
  readonly timer: Timer;
}

/** One module in its thread, with a limit of time for each question and a rest after failures. */
class ModuleHost {
  readonly #module: Observer;
  readonly #kind: ModuleData['kind'];
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #ready: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #next = 0;
  #failures = 0;
  #lastFailure: string | undefined;
  #restsUntil: number | undefined;
  #closed = false;

  constructor(module: Observer, kind: ModuleData['kind'], clock: Clock, logger: Logger) {
    this.#module = module;
    this.#kind = kind;
    this.#clock = clock;
    this.#logger = logger;
  }

  async start(): Promise<void> {
    this.#begin();
    const { promise = Promise.resolve() } = this.#ready ?? {};
    const limit = Promise.withResolvers<void>();
    const timer = this.#clock.setTimeout(limit.resolve, loadMs);
    await Promise.race([promise, limit.promise]);
    timer.clear();
  }

  ask(request: ModuleQuestion['request'], body: Uint8Array): Promise<CustomAnswer> {
    const rest = this.#rest();
    if (this.#closed) return Promise.resolve({ failed: 'the daemon stops' });
    if (rest !== undefined)
      return Promise.resolve({ failed: `it rests for ${rest} s after ${failuresAllowed} failures: ${this.#lastFailure}` });
    if (this.#waiting.size >= mostWaiting) return Promise.resolve({ failed: 'too many questions wait for it' });
    const thread = this.#begin();
    this.#next += 1;
    const question: ModuleQuestion = { id: this.#next, request, body: this.#module.body ? Uint8Array.from(body) : undefined };
    return new Promise((settle) => {
      const { timeout } = this.#module;
      // A thread that does not answer cannot be asked to stop: it goes, and the next question starts another.
      const timer = this.#clock.setTimeout(() => this.#drop(thread, `it did not answer within ${timeout} ms`), timeout, { unref: true });
      this.#waiting.set(question.id, { settle, timer });
      thread.postMessage(question, []);
    });
  }

  health(): Readonly<Record<string, unknown>> {
    const rest = this.#rest();
    return { name: this.#module.name, resting: rest ?? null, lastFailure: this.#lastFailure ?? null };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const thread = this.#thread;
    if (thread !== undefined) this.#drop(thread, 'the daemon stops');
    await thread?.terminate();
  }

  /** Seconds it is left alone for, or undefined. */
  #rest(): number | undefined {
    const left = this.#restsUntil === undefined ? 0 : this.#restsUntil - this.#clock.monotonic();
    return left > 0 ? Math.ceil(left / 1000) : undefined;
  }

  #begin(): Worker {
    if (this.#thread !== undefined) return this.#thread;
    const thread = startThread({ url: pathToFileURL(this.#module.module).href, kind: this.#kind });
    this.#thread = thread;
    this.#ready = Promise.withResolvers<void>();
    thread.on('message', (reply: ModuleReply) => this.#hear(thread, reply));
    thread.on('error', (error) => this.#drop(thread, `it ended its thread: ${error instanceof Error ? error.message : String(error)}`));
    thread.on('exit', () => this.#drop(thread, 'it ended its thread'));
    thread.unref();
    return thread;
  }

  #hear(thread: Worker, reply: ModuleReply): void {
    if (reply.kind === 'ready') this.#ready?.resolve();
    else if (reply.kind === 'answer') {
      this.#failures = 0;
      this.#settle(reply.id, { holds: reply.holds, ...(reply.to === undefined ? {} : { to: reply.to }) });
    } else if (reply.id === undefined) this.#drop(thread, reply.message);
    else {
      this.#count(reply.message);
      this.#settle(reply.id, { failed: reply.message });
    }
  }

  #settle(id: number, answer: CustomAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.timer.clear();
    waiting?.settle(answer);
  }

  /** Ends a thread: whatever waits for it has failed. */
  #drop(thread: Worker, reason: string): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    this.#ready?.resolve();
    if (!this.#closed) this.#count(reason);
    for (const id of this.#waiting.keys()) this.#settle(id, { failed: reason });
    void thread.terminate();
  }

  #count(reason: string): void {
    this.#failures += 1;
    this.#lastFailure = reason;
    this.#logger.warn({ module: this.#module.name, reason }, this.#kind === 'observer' ? 'an observer failed' : 'a routing module failed');
    if (this.#failures < failuresAllowed) return;
    this.#failures = 0;
    this.#restsUntil = this.#clock.monotonic() + restMs;
  }
}

/** A thread without the daemon's environment, and with a heap of its own. */
function startThread(data: ModuleData): Worker {
  const source = import.meta.url.endsWith('.ts');
  const file = source ? new URL('./routing-module-thread.ts', import.meta.url) : new URL('./routing-module-thread.js', import.meta.url);
  return new Worker(file, {
    workerData: data,
    name: 'ccproxy-routing',
    execArgv: [],
    env: {},
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
}
