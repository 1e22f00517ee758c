import type { Metrics } from '@ccproxy/telemetry';
import type { FinishedRequest } from './active-requests.js';

export interface HttpMetrics {
  finished(request: FinishedRequest): void;
  malformed(): void;
  refused(code: string): void;
}

/** Seconds; a Messages request lives from milliseconds to many minutes. */
const buckets = [0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** Registers the metrics of the server. Labels are route patterns, status classes and error codes: never anything of a request. */
export function createHttpMetrics(metrics: Metrics, activeRequests: () => number): HttpMetrics {
  const requests = metrics.counter({
    name: 'ccproxy_http_requests_total',
    help: 'Finished HTTP requests by route pattern and status class; aborted: the client left before the answer was complete.',
    labels: ['route', 'status'],
  });
  const durations = metrics.histogram({
    name: 'ccproxy_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labels: ['route'],
    buckets,
  });
  const malformed = metrics.counter({
    name: 'ccproxy_http_malformed_total',
    help: 'Connections that sent bytes which are no HTTP request.',
  });
  const refused = metrics.counter({
    name: 'ccproxy_http_refused_total',
    help: 'Requests refused by the guard, by error code.',
    labels: ['code'],
  });
  metrics.gauge({ name: 'ccproxy_http_active_requests', help: 'Requests being worked on.' }, activeRequests);
  return {
    finished({ route, status, aborted, duration }) {
      requests.inc({ route, status: aborted ? 'aborted' : `${Math.floor(status / 100)}xx` });
      durations.observe(duration / 1000, { route });
    },
    malformed: () => malformed.inc(),
    refused: (code) => refused.inc({ code }),
  };
}
