import type { Attempt as PlannedAttempt, FallbackOn } from '@ccproxy/config';
import type { CcproxyError } from '@ccproxy/kernel';
import {
  type AdmissionKind,
  type Lease,
  nextStep,
  type ProviderLine,
  type Refusal,
  resilienceErrors,
  retryAfterSeconds,
  type Step,
  type Verdict,
} from '@ccproxy/resilience';
import type { ChosenPlan } from './choose-plan.js';
import type { GatewayContext } from './gateway-context.js';
import type { MessagesRequest } from './messages-request.js';
import type { Upstream } from './upstreams.js';

/** An attempt that may be made now. */
export interface Leave {
  readonly planned: PlannedAttempt;
  /** undefined: the configuration has no such provider. */
  readonly upstream: Upstream | undefined;
  readonly lease: Lease | undefined;
}

/** Something that was done or left out on the way, for the decision and the answer's headers. */
export interface ChainNote {
  readonly rule: string;
  readonly fired: boolean;
  readonly because: string;
}

interface Passed {
  readonly planned: PlannedAttempt;
  readonly refusal: Refusal;
}

const why: Readonly<Record<Refusal['because'], string>> = {
  circuit: 'it failed several times in a row and is left alone',
  keys: 'its keys are at their limits or rest',
};

/**
 * Which attempt comes next: the targets of the plan in order, the same one again within the budget, the special fallbacks. Targets whose
 * provider may not be called now are passed over. This happens here and not when the request is planned, because a probe must be taken by
 * the one who makes it, and because things change while a request waits.
 */
export class AttemptChain {
  readonly #context: GatewayContext;
  readonly #request: MessagesRequest;
  #targets: readonly PlannedAttempt[];
  #position = 0;
  #repeats = 0;
  /** The target that was asked last. */
  #present: PlannedAttempt | undefined;
  #tried: string[] | undefined;
  #passed: Passed[] | undefined;
  #special: ChainNote[] | undefined;

  constructor(context: GatewayContext, request: MessagesRequest, plan: Pick<ChosenPlan, 'attempts'>) {
    this.#context = context;
    this.#request = request;
    this.#targets = plan.attempts;
  }

  /** Whether the body may be needed again with another model. */
  get mayChangeModel(): boolean {
    return this.#targets.length > 1 || this.#targets.some(({ target }) => this.#fallbackOn(target) !== undefined);
  }

  /** What was passed over and where the request was sent for what it is. */
  get notes(): readonly ChainNote[] {
    const passed = (this.#passed ?? []).map(({ planned, refusal }) => ({
      rule: `target ${planned.target}`,
      fired: false,
      because: `provider ${planned.provider}: ${why[refusal.because]}`,
    }));
    return [...passed, ...(this.#special ?? [])];
  }

  /** Targets that were passed over. */
  get passed(): readonly string[] {
    return (this.#passed ?? []).map(({ planned }) => planned.target);
  }

  /** The next target that may be called, or undefined: there is none. */
  next(): Leave | undefined {
    for (;;) {
      const planned = this.#targets[this.#position];
      if (planned === undefined) return this.#lastResort();
      this.#position += 1;
      const leave = this.#ask(planned, 'first');
      if (leave !== undefined) return this.#begin(leave);
    }
  }

  /** The same target again, or the next one when it may not be called any more. */
  again(): Leave | undefined {
    this.#repeats += 1;
    return (this.#present === undefined ? undefined : this.#ask(this.#present, 'again')) ?? this.next();
  }

  /** Decides what follows a failure of the present target. A step to a special fallback is prepared: `next` gives its first target. */
  after({ planned, upstream }: Leave, verdict: Verdict): Step {
    const { retry, random } = this.#context;
    const line = upstream?.line;
    const step = nextStep(verdict, {
      ownKey: line?.ownKey ?? false,
      otherKey: line?.hasFreeKey(this.#tokens) ?? false,
      has: (list) => (list === 'fallback' ? this.#hasNext() : this.#untried(planned, list).length > 0),
      repeats: this.#repeats,
      attempts: this.#attemptsOf(planned, line),
      retry,
      budget: () => line?.tryRetry() ?? false,
      random,
    });
    if (step.kind === 'next' && step.list !== 'fallback') this.#switchTo(planned, step.list);
    return step;
  }

  /** Why no target at all could be called; the one that is free first says how long to wait. */
  refusal(): CcproxyError {
    const [soonest] = (this.#passed ?? []).toSorted((one, other) => one.refusal.wait - other.refusal.wait);
    const { planned, refusal } = soonest ?? { planned: undefined, refusal: { because: 'circuit', wait: 1000 } as const };
    const raise = refusal.because === 'circuit' ? resilienceErrors.CCP_CIRCUIT_OPEN : resilienceErrors.CCP_LIMIT_PROVIDER;
    const retryAfter = retryAfterSeconds(refusal.wait);
    const message = `The provider "${planned?.provider ?? ''}" is not asked for ${retryAfter} s: ${why[refusal.because]}.`;
    return raise({ message, details: { retryAfter, provider: planned?.provider } });
  }

  /** Nothing is repeated, and nothing waited for, where the failure has just opened the circuit. */
  #attemptsOf({ model = this.#request.facts.model }: PlannedAttempt, line: ProviderLine | undefined): number {
    return line === undefined || line.isLeftAlone(model) ? 0 : line.attempts;
  }

  get #tokens(): number {
    return this.#request.facts.tokens.estimate;
  }

  /** Nobody was asked: the circuit does not stand between a client and the provider its own credential is for. */
  #lastResort(): Leave | undefined {
    if (this.#present !== undefined) return undefined;
    const own = this.#passed?.find(({ planned, refusal }) => {
      return refusal.because === 'circuit' && this.#context.upstreams.get(planned.provider)?.line.transparent === true;
    });
    const leave = own === undefined ? undefined : this.#ask(own.planned, 'forced');
    if (leave === undefined) return undefined;
    this.#passed = this.#passed?.filter((each) => each !== own);
    return this.#begin(leave);
  }

  #begin(leave: Leave): Leave {
    this.#present = leave.planned;
    this.#repeats = 0;
    return leave;
  }

  #ask(planned: PlannedAttempt, kind: AdmissionKind): Leave | undefined {
    const { facts } = this.#request;
    const upstream = this.#context.upstreams.get(planned.provider);
    if (upstream === undefined) return { planned, upstream, lease: undefined };
    const lease = upstream.line.admit(planned.model ?? facts.model, facts.sessionId, facts.tokens.estimate, kind);
    if (lease.kind === 'lease') return { planned, upstream, lease };
    this.#context.metrics.passedOver.inc({ provider: planned.provider, because: lease.because });
    (this.#passed ??= []).push({ planned, refusal: lease });
    return undefined;
  }

  #hasNext(): boolean {
    return this.#targets.slice(this.#position).some(({ provider, model }) => {
      const upstream = this.#context.upstreams.get(provider);
      return upstream === undefined || upstream.line.couldTake(model ?? this.#request.facts.model, this.#tokens);
    });
  }

  #fallbackOn(target: string): FallbackOn | undefined {
    return this.#context.table.targets.get(target)?.fallbackOn;
  }

  /** Targets of a special fallback the caller may reach and that were not tried for it yet. */
  #untried({ target }: PlannedAttempt, list: keyof FallbackOn): PlannedAttempt[] {
    const { table, providers } = this.#context;
    const anonymous = this.#request.principal.kind === 'anonymous';
    return (this.#fallbackOn(target)?.[list] ?? []).flatMap((name) => {
      const declared = table.targets.get(name);
      if (declared === undefined || this.#tried?.includes(name) === true) return [];
      if (anonymous && providers.get(declared.provider)?.openToAnonymous !== true) return [];
      return [{ target: name, provider: declared.provider, model: declared.model }];
    });
  }

  #switchTo(planned: PlannedAttempt, list: keyof FallbackOn): void {
    const targets = this.#untried(planned, list);
    this.#tried = [...(this.#tried ?? []), planned.target, ...targets.map(({ target }) => target)];
    this.#targets = targets;
    this.#position = 0;
    const because =
      list === 'contextWindow' ? 'the request does not fit into its context window' : 'its content filter refused the request';
    (this.#special ??= []).push({ rule: `fallbackOn.${list} of target ${planned.target}`, fired: true, because });
  }
}
