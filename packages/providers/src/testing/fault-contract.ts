import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { CcproxyError } from '@ccproxy/kernel';
import type { Provider, ProviderRequest } from '../provider.js';
import { collect } from './collect.js';
import { asksForStream, type Dialect, dialectHead } from './dialect.js';
import { type Behaviour, FakeUpstream } from './fake-upstream.js';

/** A provider that speaks a dialect, and how to ask it. */
export interface FaultSubject {
  readonly dialect: Dialect;
  readonly provider: (baseUrl: string) => Provider;
  readonly streaming: ProviderRequest;
  readonly document: ProviderRequest;
}

export interface FaultCheck {
  readonly title: string;
  readonly run: (subject: FaultSubject) => Promise<void>;
}

interface Outcome {
  readonly status: number | undefined;
  readonly text: string;
  readonly error: CcproxyError | undefined;
}

const ask = async (subject: FaultSubject, request: ProviderRequest, behaviour: Behaviour): Promise<Outcome> => {
  const fake = await FakeUpstream.listen(behaviour);
  const provider = subject.provider(fake.url);
  try {
    const got = collect(provider, request);
    await got.settled;
    return { status: got.status, text: got.text(), error: got.error };
  } finally {
    await Promise.all([fake.close(), provider.close()]);
  }
};

/** An error event at the end of the stream, and nothing that looks like success. */
const endsAsError = ({ status, text }: Outcome): void => {
  assert.equal(status, 200);
  assert.match(text, /event: error\ndata: \{"type":"error","error":\{"type":"[a-z_]+","message":"[^]+"\}[^]*\n\n$/);
  assert.doesNotMatch(text, /message_stop|end_turn/);
};

/** An Anthropic error with an error status. */
const isErrorAnswer = ({ status, text, error }: Outcome): void => {
  assert.equal(error, undefined);
  assert.ok(status !== undefined && status >= 400, `status ${status}`);
  const body = JSON.parse(text) as { type?: unknown; error?: { type?: unknown; message?: unknown } };
  assert.equal(body.type, 'error');
  assert.equal(typeof body.error?.type, 'string');
  assert.ok(typeof body.error?.message === 'string' && body.error.message.length > 0 && !/<html|<h1/i.test(body.error.message));
};

const streamOf = (dialect: Dialect, bytes: string | Buffer, end: 'end' | 'reset' = 'end'): Behaviour => {
  return (exchange) => {
    dialectHead(exchange, dialect);
    exchange.response.write(bytes);
    if (end === 'end') exchange.response.end();
    else setTimeout(() => exchange.socket.resetAndDestroy(), 30);
  };
};

const documentOf = (status: number, type: string, body: string): Behaviour => {
  return ({ response }) => void response.writeHead(status, { 'content-type': type }).end(body);
};

/** What an upstream sends that never ends, MB. */
const most = 256;

/** An answer that begins and goes on, and how many MB of it were taken. */
function endless(status: number, begin: string, type = 'application/json'): { behaviour: Behaviour; sent: () => number } {
  const piece = Buffer.alloc(1 << 20, 'x');
  let sent = 0;
  const behaviour: Behaviour = async ({ response }) => {
    response.writeHead(status, { 'content-type': type });
    response.write(begin);
    for (; sent < most && !response.destroyed; sent += 1) {
      if (response.write(piece)) continue;
      const go = Promise.withResolvers<void>();
      response.once('drain', go.resolve).once('close', go.resolve);
      await go.promise;
      response.off('drain', go.resolve).off('close', go.resolve);
    }
    response.end();
  };
  return { behaviour, sent: () => sent };
}

const half = (dialect: Dialect): string => dialect.frames.slice(0, 3).join('');
const page = '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>';
const garbage = Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 7919) % 251));

const check = (title: string, run: FaultCheck['run']): FaultCheck => ({ title, run });

/** What becomes of the faults of a provider that is translated: always a typed error, never an answer that looks complete. */
export const faultContract: readonly FaultCheck[] = [
  check('row 55, TR-116: a stream that ends in the middle ends with an error event', async (subject) => {
    endsAsError(await ask(subject, subject.streaming, streamOf(subject.dialect, half(subject.dialect))));
    endsAsError(await ask(subject, subject.streaming, streamOf(subject.dialect, half(subject.dialect).slice(0, -20))));
  }),
  check('row 55: a connection that breaks in the middle is an error of the call', async (subject) => {
    const got = await ask(subject, subject.streaming, streamOf(subject.dialect, half(subject.dialect), 'reset'));
    assert.equal(got.error?.code, 'CCP_UPSTREAM_RESET');
    assert.doesNotMatch(got.text, /message_stop|end_turn/);
  }),
  check('row 55, TR-115: an error inside the stream ends it', async (subject) => {
    const { dialect } = subject;
    const rest = dialect.frames.slice(3).join('');
    endsAsError(await ask(subject, subject.streaming, streamOf(dialect, half(dialect) + dialect.errorFrame + rest)));
    endsAsError(await ask(subject, subject.streaming, streamOf(dialect, dialect.errorFrame)));
  }),
  check('row 64: an error inside a 200 is an error', async (subject) => {
    isErrorAnswer(await ask(subject, subject.document, documentOf(200, 'application/json', subject.dialect.errorDocument)));
    isErrorAnswer(await ask(subject, subject.streaming, documentOf(200, 'application/json', subject.dialect.errorDocument)));
  }),
  check('row 64, TR-117: a web page is an error, whatever its status', async (subject) => {
    const good = await ask(subject, subject.document, documentOf(200, 'text/html', page));
    assert.equal(good.error?.code, 'CCP_UPSTREAM_MALFORMED');
    const bad = await ask(subject, subject.streaming, documentOf(502, 'text/html', page));
    isErrorAnswer(bad);
    assert.equal(bad.status, 502);
  }),
  check('row 64: an empty, null, or cut-off document is an error', async (subject) => {
    const { document } = subject.dialect;
    for (const body of ['', 'null', '[]', '{}', '"text"', document.slice(0, -12)]) {
      isErrorAnswer(await ask(subject, subject.document, documentOf(200, 'application/json', body)));
    }
    isErrorAnswer(await ask(subject, subject.document, documentOf(500, 'application/json', '')));
  }),
  check('row 60: bytes that mean nothing are an error', async (subject) => {
    endsAsError(await ask(subject, subject.streaming, streamOf(subject.dialect, garbage)));
    endsAsError(await ask(subject, subject.streaming, streamOf(subject.dialect, '')));
    isErrorAnswer(await ask(subject, subject.document, documentOf(200, 'application/json', garbage.toString('latin1'))));
  }),
  check('row 61: a line without end is cut, and the provider is disconnected', async (subject) => {
    const { streamType } = subject.dialect;
    const { behaviour, sent } = endless(200, streamType === 'text/event-stream' ? 'data: {"x":"' : '{"x":"', streamType);
    endsAsError(await ask(subject, subject.streaming, behaviour));
    assert.ok(sent() < most / 2, `${sent()} MB were taken`);
  }),
  check('row 62: a document without end is cut, whatever its status, and the provider is disconnected', async (subject) => {
    for (const status of [200, 500]) {
      const { behaviour, sent } = endless(status, '{"error":{"message":"');
      const got = await ask(subject, subject.document, behaviour);
      if (status === 200) assert.equal(got.error?.code, 'CCP_UPSTREAM_TOO_LARGE');
      else isErrorAnswer(got);
      assert.doesNotMatch(got.text, /end_turn/);
      assert.ok(sent() < most / 2, `${sent()} MB were taken`);
    }
  }),
  check('row 62: a body that is packed although nobody asked is not unpacked', async (subject) => {
    for (const packed of [gzipSync(Buffer.alloc(1 << 24)), gzipSync(gzipSync(Buffer.alloc(1 << 24)))]) {
      for (const request of [subject.streaming, subject.document]) {
        const got = await ask(subject, request, ({ response }) => {
          response.writeHead(200, { 'content-type': subject.dialect.streamType, 'content-encoding': 'gzip' }).end(packed);
        });
        assert.equal(got.error?.code, 'CCP_UPSTREAM_ENCODING');
        assert.equal(got.text, '');
      }
    }
  }),
  check('row 52, TR-121: an abort in the middle of a stream closes the connection to the provider', async (subject) => {
    const fake = await FakeUpstream.listen((exchange) => {
      dialectHead(exchange, subject.dialect);
      exchange.response.write(half(subject.dialect));
    });
    const provider = subject.provider(fake.url);
    const got = collect(provider, subject.streaming);
    while (got.chunks.length === 0) await sleep(5);
    const aborted = performance.now();
    got.call.abort();
    while (fake.last.state === 'open') await sleep(5);
    assert.equal(fake.last.state, 'aborted');
    assert.ok(fake.last.endedAt - aborted < 250);
    assert.equal(got.error, undefined);
    await Promise.all([fake.close(), provider.close()]);
  }),
  check('a stream that is asked for and answered with a document is a stream nevertheless', async (subject) => {
    let asked: boolean | undefined;
    const got = await ask(subject, subject.streaming, (exchange) => {
      asked = asksForStream(exchange);
      return documentOf(200, 'application/json', subject.dialect.document)(exchange);
    });
    assert.equal(asked, true);
    assert.match(got.text, /^event: message_start[^]*Hello, wörld ✓[^]*"output_tokens":15[^]*event: message_stop\ndata: [^\n]*\n\n$/);
  }),
];
