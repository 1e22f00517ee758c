import { describe, expect, it } from 'vitest';
import { createMetrics } from './index.js';

const lines = async (metrics: ReturnType<typeof createMetrics>, name: string) =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith(name));

describe('createMetrics', () => {
  it('[A8] counts, measures and observes in the Prometheus text format', async () => {
    const metrics = createMetrics({ processMetrics: false });
    const requests = metrics.counter({ name: 'ccproxy_requests_total', help: 'Requests.', labels: ['provider', 'status'] });
    requests.inc({ provider: 'a', status: '200' });
    requests.inc({ provider: 'a', status: '200' }, 4);
    requests.inc({ provider: 'b', status: '500', undeclared: 'ignored' });
    requests.inc({ provider: 'b', status: '500' }, -1);
    const open = metrics.gauge({ name: 'ccproxy_open', help: 'Open.', labels: ['kind'] });
    open.set(3, { kind: 'x' });
    open.set(2, { kind: 'x' });
    metrics.gauge({ name: 'ccproxy_uptime_seconds', help: 'Up.' }, () => 42);
    const duration = metrics.histogram({ name: 'ccproxy_duration_seconds', help: 'Time.', labels: ['p'], buckets: [1, 2] });
    for (const value of [0.5, 1, 1.5, 9, Number.NaN]) duration.observe(value, { p: 'a' });
    expect(await metrics.text()).toBe(
      `${[
        [
          '# HELP ccproxy_requests_total Requests.',
          '# TYPE ccproxy_requests_total counter',
          'ccproxy_requests_total{provider="a",status="200"} 5',
          'ccproxy_requests_total{provider="b",status="500"} 1',
        ],
        ['# HELP ccproxy_open Open.', '# TYPE ccproxy_open gauge', 'ccproxy_open{kind="x"} 2'],
        ['# HELP ccproxy_uptime_seconds Up.', '# TYPE ccproxy_uptime_seconds gauge', 'ccproxy_uptime_seconds 42'],
        [
          '# HELP ccproxy_duration_seconds Time.',
          '# TYPE ccproxy_duration_seconds histogram',
          'ccproxy_duration_seconds_bucket{p="a",le="1"} 2',
          'ccproxy_duration_seconds_bucket{p="a",le="2"} 3',
          'ccproxy_duration_seconds_bucket{p="a",le="+Inf"} 4',
          'ccproxy_duration_seconds_sum{p="a"} 12',
          'ccproxy_duration_seconds_count{p="a"} 4',
        ],
      ]
        .map((part) => part.join('\n'))
        .join('\n\n')}\n`,
    );
    requests.inc({ provider: 'a', status: '200' });
    expect(await lines(metrics, 'ccproxy_requests_total{provider="a"')).toEqual(['ccproxy_requests_total{provider="a",status="200"} 6']);
  });

  it('[F1] bounds the series of a metric: what is beyond is counted as other', async () => {
    const metrics = createMetrics({ maxSeries: 10, processMetrics: false });
    const requests = metrics.counter({ name: 'ccproxy_requests_total', help: 'h', labels: ['model'] });
    for (let i = 0; i < 5000; i++) requests.inc({ model: `model "${i}"\n` });
    requests.inc({ model: 'other' });
    const series = await lines(metrics, 'ccproxy_requests_total{');
    expect(series).toHaveLength(10);
    expect(series.at(-1)).toBe('ccproxy_requests_total{model="other"} 4992');
    expect(series[0]).toBe(String.raw`ccproxy_requests_total{model="model \"0\"\n"} 1`);
    const sum = series.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
    expect(sum).toBe(5001);
  });

  it('[A8] adds process and event loop metrics, and keeps two registries apart', async () => {
    const one = createMetrics();
    const two = createMetrics();
    one.counter({ name: 'ccproxy_only_one_total', help: 'h' }).inc();
    expect(await one.text()).toContain('ccproxy_only_one_total 1');
    const text = await two.text();
    expect(text).not.toContain('ccproxy_only_one_total');
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
    two.counter({ name: 'ccproxy_later_total', help: 'h' }).inc(undefined, 2);
    expect(await two.text()).toContain('ccproxy_later_total 2');
  });

  it('refuses a name that is taken', () => {
    const metrics = createMetrics();
    metrics.counter({ name: 'ccproxy_a_total', help: 'h' });
    expect(() => metrics.gauge({ name: 'ccproxy_a_total', help: 'h' })).toThrow(expect.objectContaining({ code: 'CCP_METRIC_DUPLICATE' }));
  });
});
