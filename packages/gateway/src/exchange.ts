import type { ServerResponse } from 'node:http';
import type { CcproxyError, Timer } from '@ccproxy/kernel';
import { errorAnswer } from '@ccproxy/http';
import type { HeaderFields } from '@ccproxy/providers';
import { headerNames, spliceModel, type UsageReport } from '@ccproxy/wire';
import type { EndAdmission, InFlightPlace, Step } from '@ccproxy/resilience';
import { Attempt } from './attempt.js';
import { AttemptChain, type ChainNote, type Leave } from './attempt-chain.js';
import { type AttemptFailure, clientError, eventOf, failureCode, judge } from './attempt-failure.js';
import type { ChosenPlan } from './choose-plan.js';
import { ClientResponse, type ClientResponseOwner } from './client-response.js';
import { errors } from './errors.js';
import type { GatewayContext } from './gateway-context.js';
import type { RequestOutcome } from './gateway-metrics.js';
import { limitedTokens } from './limited-tokens.js';
import type { MessagesRequest } from './messages-request.js';
import { recordRequest } from './record-request.js';
import { heldStreamHead, responseHead } from './response-head.js';

const nothing = (): void => {};

/**
 * One Messages request from plan to last byte: attempts as the chain gives them until one commits, one answer, one access line.
 * After the commit point there is never a second attempt.
 */
export class Exchange implements ClientResponseOwner {
  readonly context: GatewayContext;
  readonly request: MessagesRequest;
  readonly plan: ChosenPlan;
  readonly client: ClientResponse;
  readonly #chain: AttemptChain;
  readonly #endAdmission: EndAdmission | undefined;
  #attempt: Attempt | undefined;
  #attempts = 0;
  /** Runs while the next attempt waits. */
  #pause: Timer | undefined;
  /** The failure before the present attempt; it is the answer when nothing else can be tried. */
  #failure: AttemptFailure | undefined;
  /** The body with the model of a target, kept for its repetition. */
  #spliced: Buffer | undefined;
  #splicedModel: string | undefined;
  #leave: (() => void) | undefined;
  #place: InFlightPlace<Exchange> | undefined;
  #outcome: RequestOutcome | undefined;
  #errorCode: string | undefined;
  #report: UsageReport | undefined;
  #firstByteAt: number | undefined;

  /** `endAdmission` gives back what the caller's limits lent to the request. */
  constructor(
    context: GatewayContext,
    request: MessagesRequest,
    plan: ChosenPlan,
    response: ServerResponse,
    endAdmission: EndAdmission | undefined,
  ) {
    this.#endAdmission = endAdmission;
    this.context = context;
    this.request = request;
    this.plan = plan;
    this.client = new ClientResponse(response, context.clock, this);
    this.#chain = new AttemptChain(context, request, plan);
  }

  /** `place`: where it stands among the requests that are being answered, when others may join it. */
  start(place: InFlightPlace<Exchange> | undefined): void {
    this.#leave = this.context.live.add(this);
    this.#place = place;
    if (place !== undefined && this.request.facts.sessionId !== undefined) this.client.keepSent();
    if (this.request.facts.stream) this.client.holdHead(this.context.headHold);
    this.#begin(this.#chain.next());
  }

  /** Whether a repetition of the request can get the same answer. */
  get joinable(): boolean {
    return this.#outcome === undefined && this.client.joinable;
  }

  /** A further connection gets the answer too; what it is told of its own is its request id, and whose answer it got. */
  join(requestId: string, response: ServerResponse): void {
    this.client.join(response, { [headerNames.ccproxyRequestId]: requestId, 'x-ccproxy-joined': this.request.id });
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

  /** What was passed over, and where the request was sent for what it is. */
  get notes(): readonly ChainNote[] {
    return this.#chain.notes;
  }

  get target(): string {
    return this.#attempt?.target ?? this.plan.attempts[0]?.target ?? '';
  }

  get provider(): string {
    return this.#attempt?.provider ?? this.plan.attempts[0]?.provider ?? '';
  }

  /** Model the last attempt asked for. */
  get upstreamModel(): string {
    return this.#attempt?.model ?? this.request.facts.model;
  }

  /** The client's own bytes, or a copy or the same with another model in place of the client's. */
  bodyFor(model: string | undefined): Buffer {
    const { body, view } = this.request;
    if (model === undefined || model === view.model) return body;
    if (this.#spliced !== undefined && this.#splicedModel === model) return this.#spliced;
    // With other targets the original is needed again: splicing works in place.
    this.#spliced = spliceModel(this.#chain.mayChangeModel ? Buffer.from(body) : body, view, model).body;
    this.#splicedModel = model;
    return this.#spliced;
  }

  head(headers: HeaderFields): HeaderFields {
    this.#firstByteAt ??= this.context.clock.monotonic();
    const { plan, request } = this;
    return responseHead(headers, {
      requestId: request.id,
      route: plan.route,
      target: this.target,
      attempts: this.#attempts,
      dropped: [...plan.dropped, ...this.#chain.passed].map((name) => `target ${name}`).concat(this.dropped),
    });
  }

  attemptFailed(attempt: Attempt, failure: AttemptFailure): void {
    this.follow(this.judge(attempt, failure), attempt, failure);
  }

  /** What follows a failure; to be asked once for each, because it counts. */
  judge({ leave }: Attempt, failure: AttemptFailure): Step {
    const verdict = judge(failure, this.context.clock.now());
    leave.lease?.failed(verdict);
    const step = this.#chain.after(leave, verdict);
    if (step.kind === 'repeat') this.context.metrics.retries.inc({ provider: leave.planned.provider, class: verdict.class });
    return step;
  }

  /** Does what `judge` said. */
  follow(step: Step, attempt: Attempt, failure: AttemptFailure): void {
    if (step.kind === 'stop') {
      this.settled('error', failureCode(failure), undefined);
      attempt.closeFailed(failure, () => this.#answer(failure));
      return;
    }
    attempt.closeFailed(failure, nothing);
    this.#failure = failure;
    const { logger, clock } = this.context;
    const told = { requestId: this.request.id, target: attempt.target, code: failureCode(failure) };
    if (step.kind === 'next') {
      logger.warn({ ...told, list: step.list }, 'attempt failed, asking the next target');
      this.#begin(this.#chain.next());
      return;
    }
    logger.warn({ ...told, delayMs: Math.round(step.delay) }, 'attempt failed, asking the same target again');
    this.#pause = clock.setTimeout(() => {
      this.#pause = undefined;
      this.#begin(this.#chain.again());
    }, step.delay);
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
    this.#pause?.clear();
    if (this.#outcome === undefined) this.settled('aborted', undefined, this.#attempt?.abort('aborted'));
    else this.#attempt?.hangUp();
    this.#leave?.();
    if (this.#place !== undefined) this.context.inFlight?.remove(this.#place);
    this.#endAdmission?.(limitedTokens(this.#report));
    recordRequest(this);
  }

  /** The daemon's time is up: the provider is disconnected and the client is told. */
  stop(): void {
    if (this.#outcome !== undefined) return;
    this.#pause?.clear();
    const error = errors.CCP_GATEWAY_STOPPING({ message: 'The daemon stopped before the answer was complete.' });
    const outcome = this.client.headSent ? 'partial' : 'error';
    this.settled(outcome, error.code, this.#attempt?.abort(outcome, error.code));
    this.#answer({ kind: 'error', error });
  }

  #begin(leave: Leave | undefined): void {
    if (leave === undefined) {
      const failure = this.#failure ?? ({ kind: 'error', error: this.#chain.refusal() } as const);
      this.settled('error', failureCode(failure), undefined);
      this.#answer(failure);
      return;
    }
    this.#attempts += 1;
    this.#attempt = new Attempt(this, leave, this.#attempts);
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
    client.startDocument(failure.status, this.head({ ...headers, ...this.#lastingRefusal(failure.status, headers) }));
    client.end(body);
  }

  #answerError(error: CcproxyError): void {
    const { status, headers, body } = errorAnswer(error, this.request.id);
    // Repeating the call cannot mend a bad address or certificate; without the word the client tries for three minutes.
    const retry = error.retryable ? {} : { 'x-should-retry': 'false' };
    this.client.startDocument(status, this.head({ ...headers, ...retry }));
    this.client.end(Buffer.from(body));
  }

  /** A key of the configuration that is refused stays refused; without the word the client tries for three minutes. */
  #lastingRefusal(status: number, headers: HeaderFields): HeaderFields {
    const own = this.#attempt?.leave.upstream?.line.ownKey === true;
    return status === 401 && own && headers['x-should-retry'] === undefined ? { 'x-should-retry': 'false' } : {};
  }
}
