import type { Capabilities } from '@ccproxy/config';
import { CcproxyError } from '@ccproxy/kernel';
import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import { askProvider } from '../ask-provider.js';
import type { Provider } from '../provider.js';

/** How one small request went. */
export interface ProbeAnswer {
  readonly ok: boolean;
  readonly status: number;
  /** Blocks of the message; none when it failed. */
  readonly blocks: readonly JsonObject[];
  readonly text: string;
  readonly stopReason: string | undefined;
  /** What the provider said when it failed. */
  readonly error: string | undefined;
  /** What the provider sent, as it came. */
  readonly raw: string;
}

export interface ProbeSessionOptions {
  readonly model: string;
  /** A provider that takes the capabilities for granted, and shows what it receives. */
  readonly open: (can: Capabilities, watch: (chunk: Buffer) => void) => Provider;
  readonly signal: AbortSignal;
}

/** What is kept of the bytes of one answer, to find names in. */
const MOST_RAW = 256 * 1024;

/** Sends the requests of a probe, one after the other, and counts them. */
export class ProbeSession {
  calls = 0;
  readonly #options: ProbeSessionOptions;

  constructor(options: ProbeSessionOptions) {
    this.#options = options;
  }

  /** Sends `body`, with `can` taken for granted. Rejects only when the probe is stopped. */
  async ask(body: JsonObject, can: Capabilities = {}): Promise<ProbeAnswer> {
    const { model, open, signal } = this.#options;
    this.calls += 1;
    let raw = '';
    const provider = open(can, (chunk) => {
      if (raw.length < MOST_RAW) raw += chunk.toString('latin1');
    });
    const bytes = Buffer.from(JSON.stringify({ ...body, model }));
    const headers = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
    const request = { method: 'POST', path: '/v1/messages', clientHeaders: headers, body: bytes, stream: false };
    try {
      const { status, body: answer } = await askProvider(provider, request, signal);
      return read(status, answer ?? {}, raw);
    } catch (thrown) {
      if (!CcproxyError.isInstance(thrown) || signal.aborted) throw thrown;
      return { ...read(thrown.httpStatus, {}, raw), error: thrown.message };
    } finally {
      await provider.close();
    }
  }
}

function read(status: number, answer: JsonObject, raw: string): ProbeAnswer {
  const ok = status === 200 && answer['type'] === 'message';
  const content = answer['content'];
  const blocks = ok && Array.isArray(content) ? content.filter(isJsonObject) : [];
  return {
    ok,
    status,
    blocks,
    text: blocks.map((block) => stringMember(block, 'text') ?? '').join(''),
    stopReason: stringMember(answer, 'stop_reason'),
    error: ok ? undefined : (stringMember(objectMember(answer, 'error') ?? {}, 'message') ?? `it answered ${status}`),
    raw,
  };
}
