import type { Check } from '../check.ts';

interface Rule {
  /** Which files it reads. */
  readonly files: RegExp;
  readonly pattern: RegExp;
  readonly because: string;
}

const code = /\.(?:ts|mts|mjs|js|sh)$/;
const tests = /\.test\.ts$/;

const rules: readonly Rule[] = [
  { files: code, pattern: /\b(?:TODO|FIXME|XXX)\b/, because: 'speaks of something unfinished; finish it or open an issue' },
  {
    files: tests,
    pattern: /\b(?:it|test|describe)(?:\.\w+)*\.(?:only|skip|todo|skipIf|runIf)\b/,
    because: 'focuses, skips or postpones a test',
  },
  {
    files: tests,
    pattern: /\bvi\.(?:mock|doMock|hoisted|stubGlobal)\(/,
    because: 'replaces a module; hand the collaborator over as an argument',
  },
  { files: code, pattern: /@ts-(?:ignore|expect-error|nocheck)|\bas any\b(?! \w)/, because: 'silences the type checker' },
  { files: code, pattern: /\b(?:oxlint|eslint)-disable(?!.*--)/, because: 'silences the linter without ` -- reason`' },
  {
    files: /./,
    pattern: /(?:^|[^\w.~-])\/(?:work|root|tmp\/bash_jobs|opt\/node24)(?:\/|$)/,
    because: "names a path of somebody's machine",
  },
  { files: /\.npmrc$|\.json$|\.ya?ml$/, pattern: /^\s*"?(?:resolved|registry)"?\s*[:=].*https?:/, because: 'names a registry host' },
];

/** This file holds the words it looks for, and its test writes them. */
const own = /^tooling\/checks\/src\/checks\/words(?:\.test)?\.ts$/;

/** Words that must not be in the repository. */
export const words: Check = {
  name: 'words',
  run: (repository) =>
    repository.files
      .filter((file) => !own.test(file))
      .flatMap((file) => {
        const applying = rules.filter((rule) => rule.files.test(file));
        return repository
          .read(file)
          .split('\n')
          .flatMap((line, index) =>
            applying
              .filter((rule) => rule.pattern.test(line))
              .map((rule) => `${file}:${index + 1}: ${rule.because}: ${line.trim().slice(0, 120)}`),
          );
      }),
};
