import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Prints what the suite found: a row per behaviour, what happened directly and what happened through ccproxy. */
export class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap((module) => [...module.children.allTests()].map(rowOf));
    if (rows.length === 0) return;
    const head = ['behaviour', 'direct', 'through ccproxy', 'same'];
    console.log(['', head, head.map(() => '---'), ...rows].map((row) => (row === '' ? '' : `| ${[row].flat().join(' | ')} |`)).join('\n'));
  }
}

function rowOf(test: TestCase): string[] {
  const { behaviour } = test.meta();
  const passed = test.result().state === 'passed';
  const verdict = behaviour === undefined ? 'as required' : (behaviour.byDesign ?? 'yes');
  return [test.name, behaviour?.direct ?? '-', behaviour?.through ?? '-', passed ? verdict : 'NO'];
}

// vitest loads a reporter that is named by its path as the default export.
export { TableReporter as default };
