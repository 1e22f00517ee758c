import type { MetricOptions, Metrics } from '@ccproxy/telemetry';

type Labels = Readonly<Record<string, string>>;

/** Metrics kept in a map, to be read back by tests: `value('name', { label: 'x' })`. */
export class MemoryMetrics implements Metrics {
  readonly #values = new Map<string, number>();
  readonly #gauges = new Map<string, () => number>();

  counter({ name }: MetricOptions) {
    return { inc: (labels?: Labels, by = 1) => this.#add(name, labels, by) };
  }

  histogram({ name }: MetricOptions) {
    return { observe: (_value: number, labels?: Labels) => this.#add(`${name}_count`, labels, 1) };
  }

  gauge({ name }: MetricOptions, read?: () => number) {
    if (read !== undefined) this.#gauges.set(name, read);
    return { set: (value: number, labels?: Labels) => void this.#values.set(keyOf(name, labels), value) };
  }

  text(): Promise<string> {
    const gauges = [...this.#gauges].map(([name, read]) => `${name} ${read()}`);
    return Promise.resolve([...[...this.#values].map(([key, value]) => `${key} ${value}`), ...gauges].join('\n').concat('\n'));
  }

  value(name: string, labels?: Labels): number {
    return this.#gauges.get(name)?.() ?? this.#values.get(keyOf(name, labels)) ?? 0;
  }

  #add(name: string, labels: Labels | undefined, by: number): void {
    const key = keyOf(name, labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + by);
  }
}

const keyOf = (name: string, labels: Labels = {}): string => {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
};
