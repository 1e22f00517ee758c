import { resolve } from 'node:path';
import { repositoryRoot } from '@ccproxy-internal/test-kit';
import { claudeClient } from './claude-client.ts';
import { conformanceStages } from './conformance.ts';
import { rootTool } from './run-command.ts';
import { runStages } from './run-stages.ts';
import type { Stage } from './stage.ts';
import { commandStage } from './stages/command-stage.ts';
import { programsStage } from './stages/programs-stage.ts';
import { publintStage } from './stages/publint-stage.ts';
import { tallyStage } from './stages/tally-stage.ts';
import { vitestStage } from './stages/vitest-stage.ts';

/** The stages behind `npm test` and its siblings, run by tooling/bootstrap.mjs with the right Node. */
const say = (line: string): void => console.log(line);
const e2e = (project: string): readonly string[] => ['--config', 'tooling/e2e/vitest.config.ts', '--project', project];
const longScale = process.env['CCPROXY_TEST_SCALE'] ?? '20';

const build = commandStage('build', rootTool('turbo/bin/turbo'), ['run', 'build', '--output-logs=errors-only']);
const plans: Readonly<Record<string, (args: readonly string[]) => readonly Stage[] | Promise<readonly Stage[]>>> = {
  test: () => [
    build,
    commandStage('lint', rootTool('oxlint/bin/oxlint'), ['--type-aware', '--deny-warnings']),
    commandStage('format', rootTool('oxfmt/bin/oxfmt'), ['--check']),
    commandStage('types of the tests', rootTool('typescript/bin/tsc'), ['-p', 'tsconfig.test.json']),
    commandStage('knip', rootTool('knip/bin/knip.js'), ['--treat-config-hints-as-errors']),
    tallyStage('checks', 'tooling/checks/src/main.ts'),
    programsStage(say),
    vitestStage('unit and integration tests', ['--coverage']),
    vitestStage('end-to-end tests', e2e('e2e')),
    publintStage,
    vitestStage('installation tests', e2e('install')),
  ],
  'test:client': async () => [
    build,
    programsStage(say),
    vitestStage('tests with the real client', e2e('client'), { CLAUDE_BIN: await claudeClient(say) }),
  ],
  'test:long': () => [
    build,
    programsStage(say),
    vitestStage(`unit and integration tests, ${longScale} times the repetitions`, [], { CCPROXY_TEST_SCALE: longScale }),
    vitestStage(`end-to-end tests, ${longScale} times the repetitions`, e2e('e2e'), { CCPROXY_TEST_SCALE: longScale }),
  ],
  'test:conformance': ([suite = '../shared/conformance']) => [build, ...conformanceStages(resolve(repositoryRoot, suite))],
};

const [name = '', ...args] = process.argv.slice(2);
const plan = plans[name];
if (plan === undefined) throw new Error(`Unknown run "${name}": one of ${Object.keys(plans).join(', ')}.`);
const { failed } = await runStages(await plan(args), say);
process.exitCode = failed > 0 ? 1 : 0;
