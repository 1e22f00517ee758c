import type { Clock, Timer } from '@ccproxy/kernel';
import type { LogSink } from './log-sink.js';

/** What is known of one finished request. Names and sizes only: never a prompt, a query value, a header value. */
export interface AccessEntry {
  readonly requestId: string;
  readonly method: string;
  /** Path as received; everything from `?` on is cut off. */
  readonly path: string;
  /** Status the client saw; 0 when it left before one was sent. */
  readonly status: number;
  readonly durationMs: number;
  /** `ok`, `error`, `aborted`, … */
  readonly outcome: string;
  /** Rule that matched. */
  readonly route?: string | undefined;
  readonly target?: string | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly attempts?: number | undefined;
  readonly stream?: boolean | undefined;
  readonly principal?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly firstByteMs?: number | undefined;
  readonly bytesIn?: number | undefined;
  readonly bytesOut?: number | undefined;
  readonly tokensIn?: number | undefined;
  readonly tokensOut?: number | undefined;
  readonly errorCode?: string | undefined;
}

export interface AccessLog {
  /** Adds the line of one request; about a microsecond, nothing is written yet. */
  write(entry: AccessEntry): void;
  /** Hands everything to the sink now. */
  flush(): void;
}

export interface AccessLogOptions {
  readonly sink: Pick<LogSink, 'write'>;
  readonly clock: Clock;
  /** How long lines are collected, ms; 50. */
  readonly flushMs?: number;
  /** Lines that force a flush; 1000. */
  readonly maxBuffered?: number;
}

/** Longer strings are cut: a client chooses its path and its model. */
const maxText = 512;

/**
 * One JSON line per request (`"msg":"request"`), built by concatenation and given to the sink in batches: a logger call per request costs
 * more than the rest of the bookkeeping together (feasibility.md §1).
 */
export function createAccessLog(options: AccessLogOptions): AccessLog {
  const { sink, clock, flushMs = 50, maxBuffered = 1000 } = options;
  let lines: string[] = [];
  let timer: Timer | undefined;
  const timestamp = createTimestamp();

  const flush = () => {
    timer?.clear();
    timer = undefined;
    const batch = lines;
    lines = [];
    for (const line of batch) sink.write(line);
  };

  return {
    flush,
    write(entry) {
      lines.push(accessLine(entry, timestamp(clock.now())));
      if (lines.length >= maxBuffered) flush();
      else timer ??= clock.setTimeout(flush, flushMs, { unref: true });
    },
  };
}

function accessLine(entry: AccessEntry, time: string): string {
  const query = entry.path.indexOf('?');
  const path = query < 0 ? entry.path : entry.path.slice(0, query);
  return (
    `{"level":"info","time":"${time}","msg":"request"` +
    text('requestId', entry.requestId) +
    text('method', entry.method) +
    text('path', path) +
    number('status', entry.status) +
    text('route', entry.route) +
    text('target', entry.target) +
    text('provider', entry.provider) +
    text('model', entry.model) +
    number('attempts', entry.attempts) +
    (entry.stream === undefined ? '' : `,"stream":${entry.stream}`) +
    text('principal', entry.principal) +
    text('sessionId', entry.sessionId) +
    number('durationMs', entry.durationMs) +
    number('firstByteMs', entry.firstByteMs) +
    number('bytesIn', entry.bytesIn) +
    number('bytesOut', entry.bytesOut) +
    number('tokensIn', entry.tokensIn) +
    number('tokensOut', entry.tokensOut) +
    text('outcome', entry.outcome) +
    text('errorCode', entry.errorCode) +
    '}'
  );
}

const plain = /^[\w ./:@,+~=()[\]{}<>*#!$%&;|^'`-]*$/;

function text(name: string, value: string | undefined): string {
  if (value === undefined) return '';
  const bounded = value.length > maxText ? value.slice(0, maxText) : value;
  return plain.test(bounded) ? `,"${name}":"${bounded}"` : `,"${name}":${JSON.stringify(bounded)}`;
}

function number(name: string, value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '';
  return `,"${name}":${Number.isInteger(value) ? value : Math.round(value * 1000) / 1000}`;
}

/** ISO time; the part that changes once a second is kept. */
function createTimestamp(): (ms: number) => string {
  let second = -1;
  let prefix = '';
  return (ms) => {
    const current = Math.floor(ms / 1000);
    if (current !== second) {
      second = current;
      prefix = new Date(current * 1000).toISOString().slice(0, 20);
    }
    return `${prefix}${String(Math.floor(ms - current * 1000)).padStart(3, '0')}Z`;
  };
}
