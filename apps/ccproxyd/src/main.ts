import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { toWireError } from '@ccproxy/ipc';
import { asCcproxyError, systemClock } from '@ccproxy/kernel';
import type { DaemonContext } from './daemon-context.js';
import { parseDaemonOptions } from './daemon-options.js';
import { handleFatal } from './handle-fatal.js';
import { handleSignals } from './handle-signals.js';
import { createParentChannel } from './parent-channel.js';
import { spawnSuccessor } from './spawn-successor.js';
import { startDaemon } from './start-daemon.js';
import { eventLoopLoad } from './event-loop-load.js';
import { collectEverything, tuneHeap } from './tune-heap.js';

/**
 * Entry of the `ccproxyd` bin: starts, tells the process that started it, serves until a signal or `daemon.stop`.
 * Exit codes: 0 stopped, 1 failed, 2 usage or configuration.
 */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  tuneHeap();
  const channel = createParentChannel(process);
  try {
    const options = parseDaemonOptions(argv);
    const context: DaemonContext = {
      env: process.env,
      cwd: process.cwd(),
      home: homedir(),
      uid: process.getuid?.(),
      platform: process.platform,
      clock: systemClock,
      stderr: process.stderr,
      channel,
      heap: { rss: () => process.memoryUsage.rss(), load: eventLoopLoad(), collect: collectEverything },
      spawnSuccessor: (request) =>
        spawnSuccessor({
          spawn,
          node: process.execPath,
          execArgv: process.execArgv,
          entry: fileURLToPath(new URL('../bin/ccproxyd.js', import.meta.url)),
          argv,
          env: process.env,
          request,
        }),
    };
    const starting = startDaemon(options, context);
    handleSignals(process, starting);
    const daemon = await starting;
    handleFatal(process, daemon.log);
    if (options.foreground)
      process.stdout.write(`ccproxyd listens on ${daemon.status().url} (configuration: ${daemon.loaded.file ?? 'built-in default'})\n`);
    channel?.send({ type: 'ready' });
    channel?.close();
    await daemon.stopped;
    process.exitCode = 0;
  } catch (thrown) {
    const error = asCcproxyError(thrown);
    channel?.send({ type: 'failed', error: toWireError(error) });
    channel?.close();
    process.stderr.write(`ccproxyd: ${error.message}\n  ${error.hint}\n  (${error.code})\n`);
    process.exitCode = error.exitCode;
  }
}
