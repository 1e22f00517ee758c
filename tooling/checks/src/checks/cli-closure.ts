import type { Check } from '../check.ts';
import { cliClosure } from '../reference/cli-closure.ts';

/**
 * What must not be loaded, or even be reachable, when a command starts: it belongs to the daemon. A package of ours may still
 * offer the command line a light entry of its own (`@ccproxy/http/port-owner`), which is followed like any other file.
 */
const daemonOnly = new Set([
  'fastify',
  'better-sqlite3',
  'undici',
  'pino',
  'pino-roll',
  'prom-client',
  'ioredis',
  'bullmq',
  'node-ipc',
  '@ccproxy/daemon',
  '@ccproxy/gateway',
  '@ccproxy/http',
  '@ccproxy/providers',
  '@ccproxy/store',
  '@ccproxy/telemetry',
  '@ccproxy/ledger',
  '@ccproxy/tokens',
]);

/** The import closure of the command line holds nothing of the daemon's. */
export const cliClosureCheck: Check = {
  name: 'command line closure',
  run: (repository) => {
    const { reached, missing } = cliClosure(repository);
    return [
      ...missing.map((problem) => `apps/cli: ${problem}`),
      ...[...reached]
        .filter(([name]) => daemonOnly.has(name))
        .map(([name, path]) => `apps/cli: reaches "${name}" by ${path.join(' > ')}; give the part it needs an entry of its own.`),
    ];
  },
};
