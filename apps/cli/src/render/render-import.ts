import type { ImportReport } from '@ccproxy/config/importers';
import { renderTable } from './render-table.js';

/** The fidelity report: one line for every key, then the counts. */
export function renderImport({ lines, counts }: ImportReport): string {
  const files = [...new Set(lines.map(({ file }) => file))];
  const parts = files.map((file) => {
    const rows = lines
      .filter((line) => line.file === file)
      .map(({ fidelity, key, to, note }) => [
        `  ${fidelity}`,
        key,
        [to === null ? undefined : `-> ${to}`, note].filter(Boolean).join('  '),
      ]);
    return `${file}\n${renderTable(rows)}`;
  });
  return [...parts, `${counts.mapped} mapped, ${counts.approximated} approximated, ${counts.refused} refused`].join('\n');
}

/** What is left to do with variables; undefined when there are none. */
export function renderVariables({ variables }: ImportReport, isSet: (name: string) => boolean): string | undefined {
  if (variables.length === 0) return undefined;
  const rows = variables.map(({ name, usedBy, wasLiteral }) => {
    const state = isSet(name) ? 'is set' : wasLiteral ? 'not set: give it the value the old file holds' : 'not set';
    return [`  ${name}`, state, usedBy.join(', ')];
  });
  return `Variables the daemon needs in its environment:\n${renderTable(rows)}`;
}
