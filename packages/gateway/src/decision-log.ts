import { type ChosenPlan } from './choose-plan.js';
import type { RequestFacts } from '@ccproxy/router';

/** One routing decision: features and outcome, never a prompt. */
export interface DecisionRecord {
  readonly requestId: string;
  /** ms since the epoch */
  readonly at: number;
  readonly facts: RequestFacts;
  readonly route: string;
  readonly targets: readonly string[];
  readonly dropped: readonly string[];
}

/** The last decisions in memory, oldest overwritten first. */
export class DecisionLog {
  readonly #capacity: number;
  readonly #records: DecisionRecord[] = [];
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(requestId: string, at: number, facts: RequestFacts, plan: ChosenPlan): void {
    const targets = plan.attempts.map((attempt) => attempt.target);
    this.#records[this.#next] = { requestId, at, facts, route: plan.route, targets, dropped: plan.dropped };
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** Newest first. */
  recent(limit: number): DecisionRecord[] {
    const { length } = this.#records;
    const out: DecisionRecord[] = [];
    for (let back = 1; back <= Math.min(limit, length); back += 1) {
      const record = this.#records[(this.#next - back + this.#capacity) % this.#capacity];
      if (record !== undefined) out.push(record);
    }
    return out;
  }
}
