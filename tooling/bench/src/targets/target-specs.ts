import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { daemonNodeFlags } from '@ccproxy/client';
import { ccproxydBin, createTempHome, freePort, type TempHome } from '@ccproxy-internal/test-kit';
import type { TargetSpec } from './target.ts';

/** The floor every figure is a ratio of. */
export const floor = 'fastify-parse';
/** The same program again: how far two equal things differ in this run. */
export const control = 'fastify-parse again';
export const ccproxy = 'ccproxy';

const here = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));

/**
 * The proxies under test. ccproxy runs as `ccproxy start` runs it: log file, ledger and metrics on, the client's own credential forwarded.
 * (`--foreground` would write every line a second time, to the terminal.)
 */
export async function targetSpecs(upstream: string, names: readonly string[], home: TempHome = createTempHome()): Promise<TargetSpec[]> {
  const env = home.env({ NODE_ENV: 'production' });
  const bare = async (name: string): Promise<TargetSpec> => {
    const port = await freePort();
    return { name, port, args: [here('fastify-parse.mjs'), String(port), upstream], env };
  };
  const all = [await bare(floor), await bare(control), ...(existsSync(ccproxydBin) ? [await daemon(upstream, home, env)] : [])];
  const known = all.map((spec) => spec.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`There is no target "${unknown}"; there are: ${known.join(', ')}.`);
  return all.filter((spec) => names.length === 0 || names.includes(spec.name));
}

async function daemon(upstream: string, home: TempHome, env: Readonly<Record<string, string>>): Promise<TargetSpec> {
  const port = await freePort();
  const config = home.writeConfig({
    server: { port },
    providers: { anthropic: { type: 'anthropic', baseUrl: upstream, auth: 'client' } },
    models: { default: { provider: 'anthropic' } },
  });
  return { name: ccproxy, port, args: [...daemonNodeFlags, ccproxydBin, '--state-dir', home.stateDir, '--config', config], env };
}
