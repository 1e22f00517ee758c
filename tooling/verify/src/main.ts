import { resolve } from 'node:path';
import { repositoryRoot } from '@ccproxy-internal/test-kit';
import { claudeClient } from './claude-client.ts';
import { conformanceStages } from './conformance.ts';
import { rootTool } from './run-command.ts';
import { runStages } from './run-stages.ts';
import type { Stage, Step } from './stage.ts';
import { commandStage } from './stages/command-stage.ts';
import { programsStage } from './stages/programs-stage.ts';
import { publintStage } from './stages/publint-stage.ts';
import { tallyStage } from './stages/tally-stage.ts';
import { vitestStage } from './stages/vitest-stage.ts';
import { clientTestPrograms, testPrograms } from './test-programs.ts';

/** The stages behind `npm test` and its siblings, run by tooling/bootstrap.mjs with the right Node. */
const say = (line: string): void => console.log(line);
const e2e = (project: string): readonly string[] => ['--config', 'tooling/e2e/vitest.config.ts', '--project', project];
/** Thousands of random cases each: without the counters of the coverage, whose lines the other tests reach, they take two thirds of the time. */
const propertyTests = '.property.test.ts';
const longScale = process.env['CCPROXY_TEST_SCALE'] ?? '20';

const build = commandStage('build', rootTool('turbo/bin/turbo'), ['run', 'build', '--output-logs=errors-only']);
const clientStage: Stage = {
  name: 'tests with the real client',
  run: async () => {
    const env = { CLAUDE_BIN: await claudeClient(say) };
    const tableReporter = `${repositoryRoot}/tooling/e2e/src/client/table-reporter.ts`;
    return vitestStage(clientStage.name, e2e('client'), { env, tableReporter }).run();
  },
};
const plans: Readonly<Record<string, (args: readonly string[]) => readonly Step[]>> = {
  test: () => [
    build,
    programsStage(testPrograms, say),
    {
      sideBySide: [
        [vitestStage('unit and integration tests', ['--coverage', '--exclude', `**/*${propertyTests}`])],
        [
          commandStage('lint', rootTool('oxlint/bin/oxlint'), ['--type-aware', '--deny-warnings']),
          commandStage('format', rootTool('oxfmt/bin/oxfmt'), ['--check']),
          commandStage('types of the tests', rootTool('typescript/bin/tsc'), ['-p', 'tsconfig.test.json']),
          commandStage('knip', rootTool('knip/bin/knip.js'), ['--treat-config-hints-as-errors']),
          tallyStage('checks', 'tooling/checks/src/main.ts'),
          vitestStage('property tests', [propertyTests]),
          publintStage,
          vitestStage('installation tests', e2e('install')),
        ],
      ],
    },
    vitestStage('end-to-end tests', e2e('e2e')),
  ],
  'test:client': () => [build, programsStage(clientTestPrograms, say), clientStage],
  'test:long': () => [
    build,
    programsStage(testPrograms, say),
    vitestStage(`unit and integration tests, ${longScale} times the repetitions`, [], { env: { CCPROXY_TEST_SCALE: longScale } }),
    vitestStage(`end-to-end tests, ${longScale} times the repetitions`, e2e('e2e'), { env: { CCPROXY_TEST_SCALE: longScale } }),
  ],
  'test:soak': () => [build, vitestStage('a quarter of an hour with 50 streams', e2e('soak'), { printsTable: true })],
  'test:conformance': ([suite = '../shared/conformance']) => [build, ...conformanceStages(resolve(repositoryRoot, suite))],
};

const [name = '', ...args] = process.argv.slice(2);
const plan = plans[name];
if (plan === undefined) throw new Error(`Unknown run "${name}": one of ${Object.keys(plans).join(', ')}.`);
const { failed } = await runStages(plan(args), say);
process.exitCode = failed > 0 ? 1 : 0;
