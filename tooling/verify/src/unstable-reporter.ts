import type { Reporter, TestModule } from 'vitest/node';

/** What each line begins with. */
export const unstableMark = 'unstable: ';

/** Names every test that failed and passed when it was run again at once, with what it said the first time. */
export class UnstableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        if (test.diagnostic()?.flaky !== true) continue;
        const why = test.result().errors?.[0]?.message.split('\n')[0] ?? '';
        console.log(`\n${unstableMark}${module.relativeModuleId} > ${test.fullName}: ${why}`);
      }
    }
  }
}

// vitest loads a reporter that is named by its path as the default export.
export { UnstableReporter as default };
