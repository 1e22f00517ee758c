import { Worker } from 'node:worker_threads';
import type { AdapterData, AdapterOrder, AdapterReply } from './adapter-protocol.js';

/** A running adapter, wherever it runs. */
export interface AdapterLink {
  send(order: AdapterOrder): void;
  /** Ends it, whatever it does. */
  end(): Promise<void>;
}

/** What a link tells. */
export interface AdapterListener {
  onReply(reply: AdapterReply): void;
  /** It is gone, by itself. */
  onGone(reason: string): void;
}

/** Starts an adapter. `env` is all of the daemon's environment that it gets. */
export type StartAdapter = (data: AdapterData, env: Readonly<Record<string, string>>, listener: AdapterListener) => AdapterLink;

const heapMb = 256;

/** Starts an adapter in a thread with a small part of the daemon's environment, and with a heap of its own. */
export const startAdapterThread: StartAdapter = (data, env, listener) => {
  const source = import.meta.url.endsWith('.ts');
  const file = source ? new URL('./adapter-thread.ts', import.meta.url) : new URL('./adapter-thread.js', import.meta.url);
  const thread = new Worker(file, {
    workerData: data,
    name: 'ccproxy-adapter',
    execArgv: [],
    env: { ...env },
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  // What it prints belongs nowhere, and would fill memory if nobody took it.
  thread.stdout.resume();
  thread.stderr.resume();
  thread.on('message', (reply: AdapterReply) => listener.onReply(reply));
  thread.on('error', (error) => listener.onGone(`it ended its thread: ${error instanceof Error ? error.message : String(error)}`));
  thread.on('exit', () => listener.onGone('it ended its thread'));
  thread.unref();
  return {
    send: (order) => thread.postMessage(order, []),
    async end() {
      await thread.terminate();
    },
  };
};
