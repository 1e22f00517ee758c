import { Pool } from 'undici';

/** One request as its client saw it; times in microseconds since it was sent. */
export interface Sample {
  readonly status: number;
  /** To the first stamped stream event; NaN without one. */
  readonly firstEventUs: number;
  readonly totalUs: number;
  /** Stamped stream events received. */
  readonly events: number;
  /** Send-to-receive time of each. */
  readonly lagsUs: readonly number[];
  /** '' when all went well. */
  readonly error: string;
}

export const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

const headers = { 'content-type': 'application/json', 'x-api-key': 'dummy', 'anthropic-version': '2023-06-01' };

/** Connections to one target. Events carry the time they were sent as `<t:MICROSECONDS>`. */
export class Client implements AsyncDisposable {
  readonly #pool: Pool;

  readonly #headers: Readonly<Record<string, string>>;

  constructor(baseUrl: string, connections: number, more: Readonly<Record<string, string>> = {}) {
    this.#headers = { ...headers, ...more };
    this.#pool = new Pool(baseUrl, { connections, pipelining: 1, headersTimeout: 120_000, bodyTimeout: 120_000, keepAliveTimeout: 60_000 });
  }

  send(body: Buffer): Promise<Sample> {
    const begun = nowUs();
    return new Promise((resolve) => {
      const lagsUs: number[] = [];
      let status = 0;
      let firstEventUs = Number.NaN;
      let carried = '';
      const finish = (error: string): void =>
        resolve({ status, firstEventUs, totalUs: nowUs() - begun, events: lagsUs.length, lagsUs, error });
      this.#pool.dispatch(
        { path: '/v1/messages', method: 'POST', headers: this.#headers, body },
        {
          onRequestStart() {},
          onResponseStart(_controller, code) {
            status = code;
          },
          onResponseData(_controller, chunk) {
            const now = nowUs();
            const text = carried + chunk.toString('latin1');
            const stamps = [...text.matchAll(/<t:(\d+)>/g)];
            for (const [, stamp] of stamps) lagsUs.push(now - Number(stamp));
            if (stamps.length > 0 && Number.isNaN(firstEventUs)) firstEventUs = now - begun;
            carried = unfinishedStamp(text);
          },
          onResponseEnd() {
            finish(status === 200 ? '' : `HTTP ${status}`);
          },
          onResponseError(_controller, error) {
            finish(error.message);
          },
        },
      );
    });
  }

  /** One after the other. */
  async sequence(body: Buffer, count: number): Promise<Sample[]> {
    const samples: Sample[] = [];
    for (let i = 0; i < count; i++) samples.push(await this.send(body));
    return samples;
  }

  /** `count` in all, `width` at a time. */
  async parallel(body: Buffer, count: number, width: number): Promise<Sample[]> {
    const samples: Sample[] = [];
    let sent = 0;
    const lane = async (): Promise<void> => {
      while (sent < count) {
        sent += 1;
        samples.push(await this.send(body));
      }
    };
    await Promise.all(Array.from({ length: width }, lane));
    return samples;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.close();
  }
}

/** What of the end of a chunk may be the beginning of a stamp. */
function unfinishedStamp(text: string): string {
  const begin = text.lastIndexOf('<');
  return begin >= 0 && /^<(?:t(?::\d*)?)?$/.test(text.slice(begin)) ? text.slice(begin) : '';
}
