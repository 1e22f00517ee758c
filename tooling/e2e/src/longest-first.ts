import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, nearly all of it waiting: begun last, they would be waited for alone. */
const longest = ['daemon/attack', 'clean-clone', 'shell/projects', 'daemon/mixed-lifecycle', 'terminal/signals', 'daemon/bad-input'];

/** Begins with the files that are known to be long; the order of the others stays vitest's. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = longest.findIndex((name) => moduleId.endsWith(`/src/${name}.test.ts`));
      return place < 0 ? longest.length : place;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
