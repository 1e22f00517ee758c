import type { Check } from '../check.ts';

const sourceLimit = 300;
const testLimit = 600;

/** Files that may be longer, each with its reason. */
const exceptions: Readonly<Record<string, string>> = {};

/** A file is one concern; past these sizes it is more than one. */
export const fileSize: Check = {
  name: 'file size',
  run: (repository) => {
    const lengthOf = (file: string): number => repository.read(file).split('\n').length - 1;
    const files = repository.files.filter((file) => /\.(?:ts|mjs|js)$/.test(file));
    return [
      ...files.flatMap((file) => {
        const limit = file.endsWith('.test.ts') ? testLimit : sourceLimit;
        const lines = lengthOf(file);
        return lines > limit && exceptions[file] === undefined
          ? [`${file}: has ${lines} lines, more than ${limit}; split it by concern.`]
          : [];
      }),
      ...Object.keys(exceptions)
        .filter((file) => !repository.exists(file) || lengthOf(file) <= sourceLimit)
        .map((file) => `${file}: needs no exception from the file size any more.`),
    ];
  },
};
