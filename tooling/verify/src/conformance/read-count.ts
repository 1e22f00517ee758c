import type { StageResult } from '../stage.ts';

/** The suite ends with `N/M pass`. */
export function readCount(output: string, code: number): StageResult {
  const [, pass = '0', total = '0'] = [...output.matchAll(/^(\d+)\/(\d+) pass$/gm)].at(-1) ?? [];
  const failed = Number(total) - Number(pass);
  return { passed: Number(pass), failed: code === 0 ? failed : Math.max(1, failed), output };
}
