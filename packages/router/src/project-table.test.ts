import type { ProjectConfig, Rule } from '@ccproxy/config';
import { describe, expect, it } from 'vitest';
import { plan } from './plan-route.js';
import { projectTable } from './project-table.js';
import { testConfig, testTarget } from './testing/test-config.js';
import { testFacts } from './testing/test-facts.js';

const rule = (name: string, to: string, model = '*'): Rule => ({ name, when: { model: [model] }, to, fallback: [] });
const config = testConfig({
  models: [
    testTarget('default', 'anthropic'),
    testTarget('local', 'ollama', { model: 'q', limits: { context: 8000, output: undefined } }),
    testTarget('long', 'gemini', { model: 'g' }),
  ],
  routes: [rule('main', 'long', '*opus*')],
  profiles: [
    { name: 'work', default: 'local', routes: [rule('office', 'long', '*opus*')], limits: { context: 50_000, output: 4000 } },
    { name: 'plain', default: 'local', routes: [] },
  ],
});
const project = (rest: Partial<ProjectConfig> = {}): ProjectConfig => ({
  profile: undefined,
  routes: [],
  limits: { context: undefined, output: undefined },
  ...rest,
});
const way = (table: ReturnType<typeof projectTable>, model = 'claude-opus-5-5') => {
  const decision = plan(testFacts({ model }), table);
  return decision.kind === 'plan' ? `${decision.route} ${decision.attempts[0]?.target}` : JSON.stringify(decision);
};

describe('projectTable', () => {
  it('[C1] tries the rules of the project, then those of its profile, then the default of that', () => {
    expect(way(projectTable(config, project()))).toBe('main long');
    expect(way(projectTable(config, project()), 'x')).toBe('default default');
    expect(way(projectTable(config, project({ profile: 'work' })))).toBe('office long');
    expect(way(projectTable(config, project({ profile: 'work' })), 'x')).toBe('default local');
    expect(way(projectTable(config, project({ profile: 'plain' })))).toBe('default local');
    const own = project({ profile: 'work', routes: [rule('own', 'default', '*opus*')] });
    expect(way(projectTable(config, own))).toBe('own default');
    expect(way(projectTable(config, own), 'local')).toBe('selector local');
  });

  it('[C1] only tightens limits', () => {
    const limitsOf = (table: ReturnType<typeof projectTable>) =>
      [...table.targets.values()].map(({ limits }) => [limits.context, limits.output]);
    expect(limitsOf(projectTable(config, project({ limits: { context: 10_000, output: 9000 } })))).toEqual([
      [10_000, 9000],
      [8000, 9000],
      [10_000, 9000],
    ]);
    expect(limitsOf(projectTable(config, project({ profile: 'work', limits: { context: 60_000, output: undefined } })))).toEqual([
      [50_000, 4000],
      [8000, 4000],
      [50_000, 4000],
    ]);
  });

  it('[C4] falls back to the main rules when the profile is gone, and says so; a target that is gone refuses its own requests', () => {
    const gone = projectTable(config, project({ profile: '__proto__', routes: [rule('own', 'gone', 'x')] }));
    expect(gone.problems).toEqual(['There is no profile "__proto__": the main rules take its place.']);
    expect(way(gone)).toBe('main long');
    expect(way(gone, 'x')).toContain('own leads to no target');
  });
});
