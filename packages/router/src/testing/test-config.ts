import type { Profile, ProviderConfig, Rule, Target } from '@ccproxy/config';
import type { RoutingConfig } from '../compile-routes.js';

export const testProvider = (name: string, unavailable?: string): ProviderConfig => ({
  name,
  type: 'openai',
  baseUrl: 'https://example.com',
  auth: { kind: 'none' },
  timeouts: { connect: 1, firstByte: 1, idle: 1, total: 1 },
  unavailable,
});

export const testTarget = (name: string, provider: string, rest: Partial<Target> = {}): Target => ({
  name,
  provider,
  model: undefined,
  limits: { context: undefined, output: undefined },
  fallback: [],
  ...rest,
});

const byName = <Item extends { readonly name: string }>(items: readonly Item[]): Record<string, Item> =>
  Object.fromEntries(items.map((item) => [item.name, item]));

export interface TestRouting {
  readonly providers?: readonly ProviderConfig[];
  readonly models?: readonly Target[];
  readonly routes?: readonly Rule[];
  readonly profiles?: readonly Profile[];
}

/** The parts of a configuration that routing reads. */
export const testConfig = (routing: TestRouting = {}): RoutingConfig => ({
  providers: byName(routing.providers ?? [testProvider('anthropic'), testProvider('ollama'), testProvider('gemini')]),
  models: byName(
    routing.models ?? [
      testTarget('default', 'anthropic'),
      testTarget('local', 'ollama', { model: 'qwen3:8b' }),
      testTarget('long', 'gemini', { model: 'gemini-3-pro', fallback: ['default'] }),
    ],
  ),
  routes: routing.routes ?? [],
  profiles: byName(routing.profiles ?? []),
});
