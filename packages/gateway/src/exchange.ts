import type { ServerResponse } from 'node:http';
import type { CcproxyError } from '@ccproxy/kernel';
import { errorAnswer } from '@ccproxy/http';
import type { HeaderFields } from '@ccproxy/providers';
import { spliceModel, type UsageReport } from '@ccproxy/wire';
import { Attempt } from './attempt.js';
import { type AttemptFailure, clientError, eventOf, failureCode, mayFallBack } from './attempt-failure.js';
import type { ChosenPlan } from './choose-plan.js';
import { ClientResponse, type ClientResponseOwner } from './client-response.js';
import { errors } from './errors.js';
import type { GatewayContext } from './gateway-context.js';
import type { RequestOutcome } from './gateway-metrics.js';
import type { MessagesRequest } from './messages-request.js';
import { recordRequest } from './record-request.js';
import { heldStreamHead, responseHead } from './response-head.js';

/**
 * One Messages request from plan to last byte: attempts in the order of the plan until one commits, one answer, one access line.
 * After the commit point there is never a second attempt.
 */
export class Exchange implements ClientResponseOwner {
  readonly context: GatewayContext;
  readonly request: MessagesRequest;
  readonly plan: ChosenPlan;
  readonly client: ClientResponse;
  #attempt: Attempt | undefined;
  #attempts = 0;
  #leave: (() => void) | undefined;
  #outcome: RequestOutcome | undefined;
  #errorCode: string | undefined;
  #report: UsageReport | undefined;
  #firstByteAt: number | undefined;

  constructor(context: GatewayContext, request: MessagesRequest, plan: ChosenPlan, response: ServerResponse) {
    this.context = context;
    this.request = request;
    this.plan = plan;
    this.client = new ClientResponse(response, context.clock, this);
  }

  start(): void {
    this.#leave = this.context.live.add(this);
    if (this.request.facts.stream) this.client.holdHead(this.context.headHold);
    this.#next();
  }

  get hasNext(): boolean {
    return this.#attempts < this.plan.attempts.length;
  }

  get attempts(): number {
    return this.#attempts;
  }

  get outcome(): RequestOutcome {
    return this.#outcome ?? 'aborted';
  }

  get errorCode(): string | undefined {
    return this.#errorCode;
  }

  get report(): UsageReport | undefined {
    return this.#report;
  }

  /** ms from the request to the first byte that was written, or undefined. */
  get firstByteMs(): number | undefined {
    return this.#firstByteAt === undefined ? undefined : this.#firstByteAt - this.request.started;
  }

  /** Features of the request the provider of the last attempt does not get. */
  get dropped(): readonly string[] {
    return this.#attempt?.dropped ?? [];
  }

  get target(): string {
    return this.#attempt?.target ?? '';
  }

  get provider(): string {
    return this.#attempt?.provider ?? '';
  }

  /** Model the last attempt asked for. */
  get upstreamModel(): string {
    return this.plan.attempts[this.#attempts - 1]?.model ?? this.request.facts.model;
  }

  /** The client's own bytes, or a copy or the same with another model in place of the client's. */
  bodyFor(model: string | undefined): Buffer {
    const { body, view } = this.request;
    if (model === undefined || model === view.model) return body;
    // With fallbacks the original is needed again: splicing works in place.
    return spliceModel(this.plan.attempts.length > 1 ? Buffer.from(body) : body, view, model).body;
  }

  head(headers: HeaderFields): HeaderFields {
    this.#firstByteAt ??= this.context.clock.monotonic();
    const { plan, request } = this;
    return responseHead(headers, {
      requestId: request.id,
      route: plan.route,
      target: this.target,
      attempts: this.#attempts,
      dropped: plan.dropped.map((name) => `target ${name}`).concat(this.dropped),
    });
  }

  attemptFailed(attempt: Attempt, failure: AttemptFailure): void {
    if (this.hasNext && mayFallBack(failure)) {
      attempt.closeFailed(failure, () => {});
      const { request, context } = this;
      context.logger.warn(
        { requestId: request.id, target: attempt.target, code: failureCode(failure) },
        'attempt failed, asking the next target',
      );
      this.#next();
      return;
    }
    this.settled('error', failureCode(failure), undefined);
    attempt.closeFailed(failure, () => this.#answer(failure));
  }

  /** How the request ends is known; the last bytes may still be on their way. */
  settled(outcome: RequestOutcome, errorCode: string | undefined, report: UsageReport | undefined): void {
    this.#outcome ??= outcome;
    this.#errorCode ??= errorCode;
    this.#report ??= report;
  }

  hold(): void {
    this.#attempt?.pause();
  }

  release(): void {
    this.#attempt?.resume();
  }

  /** The provider has been silent for long: the client gets a head and pings; a failure is then an event of the stream. */
  headHoldOver(): void {
    this.client.startStream(200, this.head(heldStreamHead));
    this.client.ping();
  }

  closed(): void {
    if (this.#outcome === undefined) this.settled('aborted', undefined, this.#attempt?.abort('aborted'));
    else this.#attempt?.hangUp();
    this.#leave?.();
    recordRequest(this);
  }

  /** The daemon's time is up: the provider is disconnected and the client is told. */
  stop(): void {
    if (this.#outcome !== undefined) return;
    const error = errors.CCP_GATEWAY_STOPPING({ message: 'The daemon stopped before the answer was complete.' });
    const outcome = this.client.headSent ? 'partial' : 'error';
    this.settled(outcome, error.code, this.#attempt?.abort(outcome, error.code));
    this.#answer({ kind: 'error', error });
  }

  #next(): void {
    const planned = this.plan.attempts[this.#attempts];
    if (planned === undefined) return;
    this.#attempts += 1;
    this.#attempt = new Attempt(this, planned, this.#attempts);
    this.#attempt.start();
  }

  #answer(failure: AttemptFailure): void {
    const { client, request } = this;
    if (client.gone) return;
    if (client.headSent) {
      if (!request.facts.stream) return client.destroy();
      const { type, message } = eventOf(failure, this.provider);
      return client.failStream(type, message, request.id);
    }
    if (failure.kind === 'error') return this.#answerError(failure.error);
    const { headers, body } = clientError(failure, this.provider);
    client.startDocument(failure.status, this.head(headers));
    client.end(body);
  }

  #answerError(error: CcproxyError): void {
    const { status, headers, body } = errorAnswer(error, this.request.id);
    // Repeating the call cannot mend a bad address or certificate; without the word the client tries for three minutes.
    const retry = error.retryable ? {} : { 'x-should-retry': 'false' };
    this.client.startDocument(status, this.head({ ...headers, ...retry }));
    this.client.end(Buffer.from(body));
  }
}
