import type { Metric, Registry } from 'prom-client';
import { errors } from './errors.js';
import type { Counter, Gauge, Histogram, MetricOptions, Metrics } from './metrics.js';
import { type Labels, Series } from './series.js';

/** One line of the exposition. */
interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** What prom-client asks a metric for at scrape time. */
interface Collected {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly aggregator: 'sum';
  readonly values: readonly Sample[];
}

/** Seconds, from a millisecond to ten minutes. */
const defaultBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/**
 * The metrics of one daemon, with a registry of its own. Counting goes into plain numbers per series (prom-client hashes the labels at every
 * call); prom-client is loaded at the first scrape, renders the exposition and adds the process, memory, garbage collection and event loop metrics.
 * @param options.maxSeries series per metric; what is beyond is counted under labels that read `other`
 */
export function createMetrics(options: { readonly maxSeries?: number; readonly processMetrics?: boolean } = {}): Metrics {
  const { maxSeries = 1000, processMetrics = true } = options;
  const collectors = new Map<string, () => Collected>();
  let registry: Promise<Registry> | undefined;

  const register = (metric: MetricOptions, type: Collected['type'], values: () => Sample[]) => {
    if (collectors.has(metric.name)) throw errors.CCP_METRIC_DUPLICATE({ message: `the metric ${metric.name} is registered already` });
    collectors.set(metric.name, () => ({ name: metric.name, help: metric.help, type, aggregator: 'sum', values: values() }));
  };

  return {
    counter(metric): Counter {
      const series = new Series(metric.labels ?? [], maxSeries, () => ({ value: 0 }));
      register(metric, 'counter', () => simpleSamples(series));
      return {
        inc(labels, by = 1) {
          if (by >= 0) series.get(labels).value += by;
        },
      };
    },
    gauge(metric, read): Gauge {
      const series = new Series(metric.labels ?? [], maxSeries, () => ({ value: 0 }));
      register(metric, 'gauge', () => {
        if (read !== undefined) series.get(undefined).value = read();
        return simpleSamples(series);
      });
      return {
        set(value, labels) {
          series.get(labels).value = value;
        },
      };
    },
    histogram(metric): Histogram {
      const bounds = metric.buckets ?? defaultBuckets;
      const series = new Series(metric.labels ?? [], maxSeries, () => ({ counts: new Float64Array(bounds.length + 1), sum: 0 }));
      register(metric, 'histogram', () => histogramSamples(metric.name, bounds, series));
      return {
        observe(value, labels) {
          if (!Number.isFinite(value)) return;
          const entry = series.get(labels);
          let bucket = 0;
          while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket++;
          entry.counts[bucket] = (entry.counts[bucket] ?? 0) + 1;
          entry.sum += value;
        },
      };
    },
    async text() {
      registry ??= createRegistry(processMetrics);
      const loaded = await registry;
      for (const [name, collect] of collectors) {
        if (loaded.getSingleMetric(name) !== undefined) continue;
        // A registry takes anything that has a name and can `get` its samples; its type names only the built-in classes.
        loaded.registerMetric({ name, get: async () => collect() } as unknown as Metric);
      }
      return loaded.metrics();
    },
  };
}

async function createRegistry(processMetrics: boolean): Promise<Registry> {
  const client = await import('prom-client');
  const registry = new client.Registry();
  if (processMetrics) client.collectDefaultMetrics({ register: registry });
  return registry;
}

function simpleSamples(series: Series<{ value: number }>): Sample[] {
  return Array.from(series.entries(), ({ labels, value }) => ({ labels, value: value.value }));
}

function histogramSamples(name: string, bounds: readonly number[], series: Series<{ counts: Float64Array; sum: number }>): Sample[] {
  return Array.from(series.entries()).flatMap(({ labels, value }) => oneHistogram(name, bounds, labels, value));
}

function oneHistogram(name: string, bounds: readonly number[], labels: Labels, value: { counts: Float64Array; sum: number }): Sample[] {
  let total = 0;
  const buckets = Array.from(value.counts, (count, i) => {
    total += count;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[i] ?? '+Inf' }, value: total };
  });
  return [...buckets, { metricName: `${name}_sum`, labels, value: value.sum }, { metricName: `${name}_count`, labels, value: total }];
}
