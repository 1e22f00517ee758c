import type { AttackTarget } from './attack-target.js';
import type { Exchange } from './exchange.js';

/** One attack: what is done and what a safe server does about it. */
export interface AttackCheck {
  readonly id: string;
  readonly name: string;
  readonly expect: string;
  /** True when the server behaved; the rest is for the report. */
  run(target: AttackTarget): Promise<CheckResult>;
}

export interface CheckResult {
  readonly passed: boolean;
  readonly observed?: unknown;
}

export const isClientError = ({ status }: Exchange): boolean => status >= 400 && status < 500;
export const isDropped = ({ status, ended }: Exchange): boolean => status === 0 && (ended === 'closed' || ended === 'reset');
export const isServerError = ({ status }: Exchange): boolean => status >= 500;

export const observed = ({ status, statuses, ended, took }: Exchange): unknown => ({
  status,
  answers: statuses.length,
  ended,
  ms: Math.round(took),
});

/** Value of a header of the first answer. */
export const headerOf = (answer: Exchange, name: string): string | undefined =>
  new RegExp(`\\r\\n${name}: ([^\\r]*)`, 'i').exec(answer.text.split('\r\n\r\n', 1)[0] ?? '')?.[1];

/** A check that passes when the request is refused with 4xx or its connection is closed. */
export const refused = (id: string, name: string, expect: string, send: (target: AttackTarget) => Promise<Exchange>): AttackCheck => ({
  id,
  name,
  expect,
  async run(target) {
    const answer = await send(target);
    return { passed: isClientError(answer) || isDropped(answer), observed: observed(answer) };
  },
});

/** A check that passes when every status fits. */
export const statuses = (
  id: string,
  name: string,
  expect: string,
  send: (target: AttackTarget) => Promise<readonly Exchange[]>,
  fits: (answer: Exchange) => boolean,
): AttackCheck => ({
  id,
  name,
  expect,
  async run(target) {
    const answers = await send(target);
    return { passed: answers.every(fits), observed: answers.map(({ status }) => status) };
  },
});

/** Sends one after the other: each attack on a connection of its own, none beside another. */
export async function inTurn<Item>(items: readonly Item[], send: (item: Item) => Promise<Exchange>): Promise<Exchange[]> {
  const answers: Exchange[] = [];
  for (const item of items) answers.push(await send(item));
  return answers;
}
