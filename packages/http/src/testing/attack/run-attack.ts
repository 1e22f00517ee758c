import type { AttackCheck } from './attack-check.js';
import { type AttackOptions, AttackTarget } from './attack-target.js';
import { availability } from './availability.js';
import { bodies } from './bodies.js';
import { browserBoundary } from './browser-boundary.js';
import { framing } from './framing.js';
import { leaks } from './leaks.js';
import { protectedRoutes } from './protected-routes.js';

export interface AttackReport {
  readonly total: number;
  /** Checks that failed, with what was seen. */
  readonly failed: readonly { readonly id: string; readonly name: string; readonly expect: string; readonly observed: unknown }[];
  /** Answers that held a stack trace, file content, a key or the canary: id of the check and what was found. */
  readonly leaks: readonly string[];
  readonly answersScanned: number;
}

const leak =
  /root:[x*]:0:0|node_modules[/\\]|\bat [\w.<>[\] ]+ \(?(?:file:\/\/|\/|[A-Z]:\\)|\n\s+at |sk-ant-(?!api03-CANARY)[\w-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY/;

function findLeaks(target: AttackTarget): string[] {
  return target.answers.flatMap(({ check, text }) => {
    const found = leak.exec(text)?.[0] ?? (text.includes(target.canary) ? 'the canary' : undefined);
    return found === undefined ? [] : [`${check}: ${found.slice(0, 80)}`];
  });
}

async function runCheck(check: AttackCheck, target: AttackTarget): Promise<AttackReport['failed']> {
  const { id, name, expect } = check;
  const { passed, observed } = await check.run(target);
  if ((await target.alive()) === undefined) return [{ id, name, expect, observed: 'the server does not answer any more' }];
  return passed ? [] : [{ id, name, expect, observed }];
}

/** Every check, for the options given; `only` picks them by the beginning of their id. */
export const attackChecks = (options: AttackOptions, only: readonly string[] = ['']): readonly AttackCheck[] =>
  [...browserBoundary, ...bodies, ...framing, ...leaks, ...availability, ...protectedRoutes(options.protectedPaths ?? [])].filter((check) =>
    only.some((prefix) => check.id.startsWith(prefix)),
  );

/** Attacks a server that listens on loopback, one check after the other, and reports what it did not withstand. */
export async function runAttack(options: AttackOptions, only?: readonly string[]): Promise<AttackReport> {
  if (!/^127\.|^localhost$|^::1$/.test(options.host)) throw new RangeError('only servers on this machine are attacked');
  const target = new AttackTarget(options);
  const checks = attackChecks(options, only);
  const failed: AttackReport['failed'][number][] = [];
  for (const check of checks) {
    target.check = check.id;
    failed.push(...(await runCheck(check, target)));
  }
  return { total: checks.length, failed, leaks: findLeaks(target), answersScanned: target.answers.length };
}
