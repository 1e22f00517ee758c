import type { Results } from './results.ts';
import { renderReport } from './report.ts';
import { allWorkloads } from './workloads/all-workloads.ts';

/** docs/reference/performance.md: the claims, what was measured, and how to measure it again. */
export function renderPerformancePage(results: Results, commandStart: string): string {
  return `# Performance

What ccproxy costs beside the least a router on this stack could do: \`fastify-parse\`, a bare Fastify that buffers the body, parses it once, forwards the raw bytes with undici and does nothing else. ccproxy runs as installed: guard, routing, ledger, log and metrics on.

Measured ${results.date} with Node ${results.node} on ${results.machine}, ${results.rounds} interleaved rounds. Write this page again with

    npm run bench -- --write-docs

Client, provider and proxy share the machine: compare columns of one run, never figures of two. Ratios are medians of the ratios of the rounds; the A/A control is the bare floor measured a second time, and a difference inside its range is no difference. Times are in microseconds, \`cpuUs\` is the CPU time of the proxy's process per request.

${renderReport(results)}
### Start of a command

In units of \`node -e 0\`, medians of interleaved rounds.

${commandStart}
## Workloads

${[...allWorkloads.map(({ name, what }) => `- \`${name}\`: ${what}`), '- `start`: from spawn to the first answered request; memory 1.5 s later'].join('\n')}
`;
}
