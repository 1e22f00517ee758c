import type { Config } from '@ccproxy/config';
import type { DaemonStatus } from '@ccproxy/ipc';

/** What the modules report, by their name. */
type Health = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Reported {
  readonly name: string;
  readonly available: boolean;
  readonly reason: string | null;
}

const isReported = (value: unknown): value is Reported => {
  if (typeof value !== 'object' || value === null) return false;
  const { name, available, reason } = value as Partial<Record<keyof Reported, unknown>>;
  return typeof name === 'string' && typeof available === 'boolean' && (reason === null || typeof reason === 'string');
};

/** The providers of the configuration; what a module reports of one now, such as that it is left alone, goes before its configuration. */
export function providerStatus(config: Pick<Config, 'providers'>, health: Health): DaemonStatus['providers'] {
  const reported = Object.values(health).flatMap(({ providers }): unknown[] => (Array.isArray(providers) ? providers : []));
  const live = new Map(reported.filter(isReported).map((each) => [each.name, each]));
  return Object.values(config.providers).map(({ name, type, unavailable }) => {
    const { available, reason } = live.get(name) ?? { available: unavailable === undefined, reason: unavailable ?? null };
    return { name, type, available, reason };
  });
}
