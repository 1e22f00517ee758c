import { checkReferences } from './check-references.js';
import type { Config, ProjectConfig } from './config.js';
import { type Diagnostic, formatPath, sortDiagnostics } from './diagnostic.js';
import { projectSchema } from './project-schema.js';
import { readYaml, type YamlTree } from './read-yaml.js';
import { configSchema } from './schema.js';
import { didYouMean } from './suggest.js';
import { validate } from './to-diagnostics.js';

/** What a project may select from. */
export type Selectable = Pick<Config, 'providers' | 'models' | 'profiles'>;

export interface ProjectAnalysis {
  /** undefined when a diagnostic is an error. */
  readonly project: ProjectConfig | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Checks the text of a project file against what the user's configuration defines. Never throws; nothing in it is interpolated, so no
 * variable and no file of the user can be reached from it.
 * @param file name shown in positions
 */
export function analyzeProject(text: string, file: string, selectable: Selectable): ProjectAnalysis {
  const tree = readYaml(text, file);
  if (tree.problems.length > 0) return { project: undefined, diagnostics: sortDiagnostics(tree.problems) };
  const checked = validate(projectSchema, tree.value, tree, []);
  const found = [
    ...(checked.ok ? [] : checked.diagnostics.map(explainForeignKey)),
    ...checkTargets(tree, selectable),
    ...checkProfile(tree, selectable),
    ...(checked.ok ? checkLimits(checked.value.limits, tree, selectable) : []),
  ];
  if (!checked.ok || found.length > 0) return { project: undefined, diagnostics: sortDiagnostics(found) };
  const { profile, routes, limits } = checked.value;
  return {
    project: { profile, routes, limits: { context: limits.context, output: limits.output } },
    diagnostics: [],
  };
}

/** A key that exists in the user's own file is not misspelt but out of place. */
function explainForeignKey(found: Diagnostic): Diagnostic {
  if (found.code !== 'CCP_CONFIG_UNKNOWN_KEY' || !Object.hasOwn(configSchema.shape, found.path) || found.path in projectSchema.shape) {
    return found;
  }
  return {
    ...found,
    message: `${found.path} is not allowed in a project file`,
    hint: 'A project file only selects: `profile`, `routes`, `limits`. What it selects from belongs into your own ccproxy.yaml.',
  };
}

/** Names of rules and targets, held against the targets of the user. */
function checkTargets(tree: YamlTree, { providers, models }: Selectable): Diagnostic[] {
  const targets = Object.fromEntries(Object.values(models).map(({ name, provider, fallback }) => [name, { provider, fallback }]));
  return checkReferences({ providers, models: targets, routes: valueAt(tree, 'routes') }, tree, []).filter(
    ({ path }) =>
      // Routing modules are refused by the schema, whether the user has one of that name or not.
      path.startsWith('routes') && !path.endsWith('.custom'),
  );
}

function checkProfile(tree: YamlTree, { profiles }: Selectable): Diagnostic[] {
  const profile = valueAt(tree, 'profile');
  if (typeof profile !== 'string' || Object.hasOwn(profiles, profile)) return [];
  return [
    {
      severity: 'error',
      code: 'CCP_CONFIG_REFERENCE',
      message: `profile names the profile \`${profile}\`, which is not declared in \`profiles\``,
      hint: didYouMean(profile, Object.keys(profiles), 'profile'),
      where: tree.locate(['profile']),
      path: 'profile',
    },
  ];
}

/** A bound above that of every target would say more is allowed than is. */
function checkLimits(limits: Partial<ProjectConfig['limits']>, tree: YamlTree, { models }: Selectable): Diagnostic[] {
  return (['context', 'output'] as const).flatMap((key) => {
    const wanted = limits[key];
    const present = Object.values(models).map((target) => target.limits[key] ?? Infinity);
    const widest = Math.max(...present);
    if (wanted === undefined || wanted <= widest) return [];
    const path = ['limits', key];
    return [
      {
        severity: 'error' as const,
        code: 'CCP_CONFIG_INVALID' as const,
        message: `${formatPath(path)} is looser than the limit of every target (${widest})`,
        hint: 'A project can only tighten a limit; lower it or leave it out.',
        where: tree.locate(path),
        path: formatPath(path),
      },
    ];
  });
}

function valueAt(tree: YamlTree, key: string): unknown {
  const { value } = tree;
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
