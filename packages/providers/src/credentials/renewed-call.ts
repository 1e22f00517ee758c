import { asCcproxyError, CcproxyError } from '@ccproxy/kernel';
import type { HeaderFields, ProviderCall, ProviderSink } from '../provider.js';
import { BoundedBody } from '../translated/bounded-body.js';
import type { Credential, CredentialSource } from './credential-source.js';

/** Longer error bodies are no error messages. */
const largest = 1024 * 1024;
const none: readonly string[] = [];

interface Refusal {
  readonly headers: HeaderFields;
  readonly body: BoundedBody;
}

/**
 * A call whose credential is fetched. It waits for the credential when there is none, and is sent a second time when the provider answers
 * 401 and another credential can be had. Nothing of the first answer reaches the sink then, so this always lies before the commit point.
 */
export class RenewedCall implements ProviderCall, ProviderSink {
  readonly #source: CredentialSource;
  readonly #send: (credential: Credential, sink: ProviderSink) => ProviderCall;
  readonly #sink: ProviderSink;
  #call: ProviderCall | undefined;
  #used: Credential | undefined;
  #refusal: Refusal | undefined;
  #sent = 0;
  #paused = false;
  #over = false;

  /** @param send sends the request; never calls the sink before it returned */
  constructor(source: CredentialSource, send: (credential: Credential, sink: ProviderSink) => ProviderCall, sink: ProviderSink) {
    this.#source = source;
    this.#send = send;
    this.#sink = sink;
    const credential = source.current();
    if (credential === undefined) void this.#waitFor(source.obtain());
    else this.#start(credential);
  }

  get dropped(): readonly string[] {
    return this.#call?.dropped ?? none;
  }

  pause(): void {
    this.#paused = true;
    this.#call?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#call?.resume();
  }

  abort(): void {
    this.#over = true;
    this.#call?.abort();
  }

  onHead(status: number, headers: HeaderFields): void {
    if (status === 401 && this.#sent === 1) this.#refusal = { headers, body: new BoundedBody(largest) };
    else this.#sink.onHead(status, headers);
  }

  onData(chunk: Buffer): void {
    if (this.#refusal === undefined) this.#sink.onData(chunk);
    else this.#refusal.body.push(chunk);
  }

  onEnd(): void {
    if (this.#refusal === undefined) this.#sink.onEnd();
    else void this.#renew(this.#refusal);
  }

  onError(error: CcproxyError): void {
    this.#sink.onError(error);
  }

  #start(credential: Credential): void {
    this.#sent += 1;
    this.#used = credential;
    this.#refusal = undefined;
    this.#call = this.#send(credential, this);
    if (this.#paused) this.#call.pause();
  }

  async #waitFor(obtaining: Promise<Credential>): Promise<void> {
    try {
      const credential = await obtaining;
      if (!this.#over) this.#start(credential);
    } catch (error) {
      if (!this.#over) this.#sink.onError(CcproxyError.isInstance(error) ? error : asCcproxyError(error));
    }
  }

  /** Asks for another credential and sends the request with it; without one the refusal is the answer. */
  async #renew(refusal: Refusal): Promise<void> {
    const fresh = await this.#fresh();
    if (this.#over) return;
    if (fresh === undefined) this.#passOn(refusal);
    else this.#start(fresh);
  }

  async #fresh(): Promise<Credential | undefined> {
    const used = this.#used;
    if (used === undefined) return undefined;
    this.#source.invalidate(used);
    try {
      const fresh = this.#source.current() ?? (await this.#source.obtain());
      return fresh === used ? undefined : fresh;
    } catch (error) {
      // Why there is none is in the log and in /health; the client gets what the provider said.
      if (CcproxyError.isInstance(error)) return undefined;
      throw error;
    }
  }

  #passOn({ headers, body }: Refusal): void {
    const bytes = body.take();
    this.#refusal = undefined;
    this.#sink.onHead(401, headers);
    if (!this.#over && bytes.length > 0) this.#sink.onData(bytes);
    if (!this.#over) this.#sink.onEnd();
  }
}
