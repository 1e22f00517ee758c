import type { CcproxyError, Clock } from '@ccproxy/kernel';
import type { LedgerOutcome } from '@ccproxy/ledger';
import type { HeaderFields, ProviderCall, ProviderSink } from '@ccproxy/providers';
import type { PreludeError, UsageReport } from '@ccproxy/wire';
import { classifyAnswer, classifyError } from '@ccproxy/resilience';
import type { Leave } from './attempt-chain.js';
import { type AttemptFailure, failureCode } from './attempt-failure.js';
import type { ClientResponse } from './client-response.js';
import { DocumentRelay } from './document-relay.js';
import { ErrorRelay } from './error-relay.js';
import { errors } from './errors.js';
import type { Exchange } from './exchange.js';
import { principalName } from './principal-name.js';
import { limitedTokens } from './limited-tokens.js';
import type { Relay } from './relay.js';
import { requestNotes } from './request-notes.js';
import { StreamRelay } from './stream-relay.js';

const noUsage = {};
const nothing = (): void => {};

const isEventStream = (headers: HeaderFields): boolean => String(headers['content-type'] ?? '').startsWith('text/event-stream');

/** One call to one provider, with its row in the ledger: opened before the provider is contacted, closed before the last byte goes out. */
export class Attempt implements ProviderSink {
  readonly #exchange: Exchange;
  readonly leave: Leave;
  readonly #planned: Leave['planned'];
  readonly #number: number;
  readonly #id: string;
  readonly #started: number;
  #call: ProviderCall | undefined;
  #relay: Relay | undefined;
  #status: number | undefined;
  #firstByteMs: number | undefined;
  #bytes = 0;
  /** Nothing of the provider counts any more. */
  #over = false;
  #rowClosed = false;
  /** It reported an error where its answer should begin. */
  #judged = false;

  constructor(exchange: Exchange, leave: Leave, number: number) {
    this.#exchange = exchange;
    this.leave = leave;
    this.#planned = leave.planned;
    this.#number = number;
    this.#id = `${exchange.request.id}-${number}`;
    this.#started = exchange.context.clock.monotonic();
  }

  get clock(): Clock {
    return this.#exchange.context.clock;
  }

  get client(): ClientResponse {
    return this.#exchange.client;
  }

  get requestId(): string {
    return this.#exchange.request.id;
  }

  get provider(): string {
    return this.#planned.provider;
  }

  get target(): string {
    return this.#planned.target;
  }

  /** Model it asks for. */
  get model(): string {
    return this.#planned.model ?? this.#exchange.request.facts.model;
  }

  /** Features of the request its provider does not get. */
  get dropped(): readonly string[] {
    return this.#call?.dropped ?? [];
  }

  /** Keys this provider is called with, which it may repeat in its answer. */
  get ownKeys(): readonly Buffer[] {
    return this.#exchange.context.keysOf(this.#planned.provider);
  }

  start(): void {
    const { request, context, plan } = this.#exchange;
    const { facts } = request;
    context.ledger.open(
      {
        id: this.#id,
        requestId: request.id,
        attempt: this.#number,
        startedAt: context.clock.now(),
        route: plan.route,
        target: this.#planned.target,
        provider: this.#planned.provider,
        model: facts.model,
        upstreamModel: this.model,
        principal: principalName(request.principal),
        sessionId: facts.sessionId,
        agentId: request.agentId,
        requestClass: facts.class,
        stream: facts.stream,
        bytesIn: request.body.length,
        estimatedTokens: facts.tokens.estimate,
      },
      () => this.#contact(),
    );
  }

  pause(): void {
    this.#call?.pause();
  }

  resume(): void {
    this.#call?.resume();
  }

  /** The client left, or the daemon stops: the provider is disconnected now. */
  abort(outcome: LedgerOutcome, code?: string): UsageReport | undefined {
    this.hangUp();
    return this.#closeRow(outcome, code, nothing);
  }

  /** Ends the call without a word to the exchange. */
  hangUp(): void {
    this.#over = true;
    this.#relay?.stop();
    this.#call?.abort();
  }

  onHead(status: number, headers: HeaderFields): void {
    this.#status = status;
    if (status >= 400) this.#relay = new ErrorRelay(this, status, headers);
    else this.#relay = isEventStream(headers) ? new StreamRelay(this, status, headers) : new DocumentRelay(this, status, headers);
  }

  onData(chunk: Buffer): void {
    this.#firstByteMs ??= this.clock.monotonic() - this.#started;
    this.#bytes += chunk.length;
    this.#relay?.data(chunk);
  }

  onEnd(): void {
    this.#relay?.end();
  }

  onError(error: CcproxyError): void {
    if (this.#relay === undefined) this.failed({ kind: 'error', error });
    else this.#relay.fail(error);
  }

  /** Headers of an answer that goes to the client: the provider has answered. */
  head(headers: HeaderFields): HeaderFields {
    if (!this.#judged) this.leave.lease?.succeeded();
    return this.#exchange.head(headers);
  }

  /** Nothing went to the client: the exchange asks the next target, or answers with the failure. */
  failed(failure: AttemptFailure): void {
    if (this.#over) return;
    this.hangUp();
    this.#exchange.attemptFailed(this, failure);
  }

  /** An error event came before any content. True when something is tried instead of sending it on. */
  passOn({ type, message: said }: PreludeError): boolean {
    if (this.#over) return false;
    const message = `The provider "${this.provider}" reported ${type.slice(0, 64)} before any content.`;
    const verdict = classifyAnswer({ status: 200, type, message: said });
    const failure = { kind: 'error', error: errors.CCP_GATEWAY_BAD_ANSWER({ message }), verdict } as const;
    this.#judged = true;
    const step = this.#exchange.judge(this, failure);
    if (step.kind === 'stop') return false;
    this.hangUp();
    this.#exchange.follow(step, this, failure);
    return true;
  }

  /** Closes the row of a failure the exchange has dealt with. */
  closeFailed(failure: AttemptFailure, written: () => void): void {
    this.#closeRow('error', failureCode(failure), written);
  }

  /** The answer is complete but for its last bytes; they go out in `written`. */
  succeeded(outcome: 'ok' | 'partial', written: () => void): void {
    const report = this.#closeRow(outcome, outcome === 'ok' ? undefined : 'UPSTREAM_ERROR_EVENT', written);
    this.#exchange.settled(outcome, undefined, report);
  }

  /** The answer had begun and cannot be completed. */
  cut(error: CcproxyError, written: () => void): void {
    this.#over = true;
    this.leave.lease?.failed(classifyError(error));
    const report = this.#closeRow('partial', error.code, written);
    this.#exchange.settled('partial', error.code, report);
  }

  #contact(): void {
    if (this.#over) return;
    const { request, context } = this.#exchange;
    const { upstream, lease } = this.leave;
    const provider = lease === undefined ? undefined : (upstream?.providers[lease.key] ?? upstream?.first);
    if (provider === undefined) {
      const message = `The provider "${this.#planned.provider}" is not configured.`;
      this.failed({ kind: 'error', error: errors.CCP_GATEWAY_NO_ROUTE({ message }) });
      return;
    }
    this.#call = provider.call(
      {
        method: request.method,
        path: request.path,
        clientHeaders: request.headers,
        rawClientHeaders: request.rawHeaders,
        body: this.#exchange.bodyFor(this.#planned.model),
        stream: request.facts.stream,
        notes: requestNotes(context, request, this.#planned),
      },
      this,
    );
  }

  #closeRow(outcome: LedgerOutcome, errorCode: string | undefined, written: () => void): UsageReport | undefined {
    if (this.#rowClosed) return undefined;
    this.#rowClosed = true;
    const report = this.#relay?.report();
    const { context } = this.#exchange;
    context.ledger.close(
      this.#id,
      {
        outcome,
        httpStatus: this.#status,
        errorCode,
        stopReason: report?.stopReason,
        usage: report?.usage ?? noUsage,
        firstByteMs: this.#firstByteMs,
        durationMs: context.clock.monotonic() - this.#started,
        bytesOut: this.#bytes,
      },
      written,
    );
    this.leave.lease?.release(limitedTokens(report));
    context.metrics.attempts.inc({ provider: this.provider, outcome });
    if (this.#firstByteMs !== undefined) context.metrics.firstByte.observe(this.#firstByteMs / 1000, { provider: this.provider });
    return report;
  }
}
