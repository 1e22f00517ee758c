/** Labels are bounded sets of short names; never a path, an id, a prompt or a secret. */
export interface Counter {
  inc(labels?: Readonly<Record<string, string>>, by?: number): void;
}

export interface Gauge {
  set(value: number, labels?: Readonly<Record<string, string>>): void;
}

export interface Histogram {
  observe(value: number, labels?: Readonly<Record<string, string>>): void;
}

export interface MetricOptions {
  /** Prometheus name, starting with `ccproxy_`, with its unit as suffix. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** Upper bounds, histograms only. */
  readonly buckets?: readonly number[];
}

/** The registry of one daemon; a series beyond the bound (1000 per metric) is counted under the label value `other`. */
export interface Metrics {
  counter(options: MetricOptions): Counter;
  histogram(options: MetricOptions): Histogram;
  /** `read` is called at scrape time. */
  gauge(options: MetricOptions, read?: () => number): Gauge;
  /** Prometheus text exposition. */
  text(): Promise<string>;
}
