import { parseArgs } from 'node:util';
import { allWorkloads } from './workloads/all-workloads.ts';

export interface BenchOptions {
  readonly rounds: number;
  /** Names of workloads, `start`, `cli-start` and `shell` included. */
  readonly workloads: readonly string[];
  /** Names of targets; empty: all there are. */
  readonly only: readonly string[];
  /** File for the raw figures. */
  readonly json: string | undefined;
  readonly writeDocs: boolean;
}

const standardRounds = 5;
const workloadNames = ['start', ...allWorkloads.map(({ name }) => name), 'cli-start', 'shell'];

export const usage = `npm run bench -- [--rounds ${standardRounds}] [--workloads ${workloadNames.join(',')}] [--only target,target] [--json FILE] [--write-docs]`;

/** Reads the command line. Throws with one sentence for a wrong flag or name. */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      workloads: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'string' },
      'write-docs': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const rounds = Number(values.rounds ?? standardRounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is "${values.rounds}", not a number of rounds.`);
  const workloads = values.workloads?.split(',') ?? workloadNames.filter((name) => name !== 'shell');
  const unknown = workloads.find((name) => !workloadNames.includes(name));
  if (unknown !== undefined) throw new Error(`There is no workload "${unknown}"; there are: ${workloadNames.join(', ')}.`);
  return { rounds, workloads, only: values.only?.split(',') ?? [], json: values.json, writeDocs: values['write-docs'] ?? false };
}
