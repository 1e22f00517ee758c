import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { daemonNodeFlags } from '@ccproxy/client';
import { ccproxydBin, createTempHome, freePort, type TempHome } from '@ccproxy-internal/test-kit';
import type { TargetSpec } from './target.ts';

/** The floor every figure is a ratio of. */
export const floor = 'fastify-parse';
/** The same program again: how far two equal things differ in this run. */
export const control = 'fastify-parse again';
export const ccproxy = 'ccproxy';
/** ccproxy with a provider of Chat Completions: that serves callers with a gateway token only. */
export const translating = 'ccproxy-translating';
/** Another router, measured in the same run where `CCPROXY_BENCH_CCR` names its `dist/cli.js` (@musistudio/claude-code-router 2.0.0). */
export const otherRouter = 'claude-code-router';

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
  const all = [
    await bare(floor),
    await bare(control),
    ...(existsSync(ccproxydBin) ? [await daemon(upstream, home, env)] : []),
    ...(await translators(upstream)),
  ];
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

/** Targets of the workload `translate` alone. */
async function translators(upstream: string): Promise<TargetSpec[]> {
  const workloads = ['translate'];
  const own = createTempHome();
  const port = await freePort();
  const token = 'token-of-the-bench';
  const config = own.writeConfig({
    server: { port, authKey: token },
    providers: { chat: { type: 'openai', baseUrl: `${upstream}/v1`, apiKey: 'dummy-key' } },
    models: { default: { provider: 'chat', model: 'bench-model' } },
  });
  const daemonOf: TargetSpec = {
    name: translating,
    port,
    args: [...daemonNodeFlags, ccproxydBin, '--state-dir', own.stateDir, '--config', config],
    env: own.env({ NODE_ENV: 'production' }),
    headers: { 'x-ccproxy-token': token },
    workloads,
  };
  const ccr = process.env['CCPROXY_BENCH_CCR'] ?? '';
  return [...(existsSync(ccproxydBin) ? [daemonOf] : []), ...(ccr === '' ? [] : [{ ...(await ccrSpec(ccr, upstream)), workloads }])];
}

/** Its configuration as its README gives it, with its log off. */
async function ccrSpec(cli: string, upstream: string): Promise<TargetSpec> {
  const home = createTempHome();
  const port = await freePort();
  const provider = { name: 'chat', api_base_url: `${upstream}/v1/chat/completions`, api_key: 'dummy-key', models: ['bench-model'] };
  const folder = join(home.home, '.claude-code-router');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ PORT: port, HOST: '127.0.0.1', LOG: false, Providers: [provider], Router: { default: 'chat,bench-model' } }),
  );
  return { name: otherRouter, port, args: [cli, 'start'], env: home.env({ NODE_ENV: 'production', SERVICE_PORT: String(port) }) };
}
