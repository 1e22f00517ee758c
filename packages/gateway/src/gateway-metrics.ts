import type { Counter, Gauge, Histogram, Metrics } from '@ccproxy/telemetry';

/** How a request ended, for metrics and the access log. */
export type RequestOutcome = 'ok' | 'error' | 'aborted' | 'partial' | 'refused' | 'joined';

/** The figures of the pipeline. Labels are names of the configuration, never of a request. */
export interface GatewayMetrics {
  readonly requests: Counter;
  readonly attempts: Counter;
  readonly duration: Histogram;
  readonly firstByte: Histogram;
  readonly tokens: Counter;
  readonly retries: Counter;
  readonly passedOver: Counter;
  readonly rests: Counter;
  readonly circuit: Gauge;
}

const nothing = { inc() {}, observe() {}, set() {} };

/** Used until the registry is there. */
export const noMetrics: GatewayMetrics = {
  requests: nothing,
  attempts: nothing,
  duration: nothing,
  firstByte: nothing,
  tokens: nothing,
  retries: nothing,
  passedOver: nothing,
  rests: nothing,
  circuit: nothing,
};

const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** Registers the metrics of the gateway. `active` is read at scrape time. */
export function gatewayMetrics(metrics: Metrics, active: () => number): GatewayMetrics {
  metrics.gauge({ name: 'ccproxy_gateway_active_requests', help: 'Messages requests being answered.' }, active);
  return {
    requests: metrics.counter({
      name: 'ccproxy_gateway_requests_total',
      help: 'Messages requests by target and how they ended.',
      labels: ['target', 'outcome'],
    }),
    attempts: metrics.counter({
      name: 'ccproxy_gateway_attempts_total',
      help: 'Calls to providers and how they ended; more than requests when a fallback was taken.',
      labels: ['provider', 'outcome'],
    }),
    duration: metrics.histogram({
      name: 'ccproxy_gateway_request_duration_seconds',
      help: 'From the request to the end of its answer.',
      labels: ['target'],
      buckets: SECONDS,
    }),
    firstByte: metrics.histogram({
      name: 'ccproxy_gateway_first_byte_seconds',
      help: 'From the call to the first byte of the body of its answer.',
      labels: ['provider'],
      buckets: SECONDS,
    }),
    tokens: metrics.counter({
      name: 'ccproxy_gateway_tokens_total',
      help: 'Tokens as providers reported them.',
      labels: ['target', 'kind'],
    }),
    retries: metrics.counter({
      name: 'ccproxy_gateway_retries_total',
      help: 'Attempts repeated at the same target, by the class of the failure before.',
      labels: ['provider', 'class'],
    }),
    passedOver: metrics.counter({
      name: 'ccproxy_gateway_passed_over_total',
      help: 'Targets that were not asked: their provider is left alone (circuit), or its keys are at their limits or rest (keys).',
      labels: ['provider', 'because'],
    }),
    rests: metrics.counter({
      name: 'ccproxy_gateway_key_rests_total',
      help: 'Keys of providers that began to rest, by the class of the failure.',
      labels: ['provider', 'class'],
    }),
    circuit: metrics.gauge({
      name: 'ccproxy_gateway_circuit_state',
      help: 'Whether a provider is asked: 0 yes, 1 one request tries, 2 it is left alone.',
      labels: ['provider'],
    }),
  };
}
