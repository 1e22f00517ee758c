import { z } from 'zod';
import { choice, flag, integer, type IssueParams, name, oneOrMany, text } from '../fields.js';
import { late } from '../late.js';
import type { Condition, PresetUse, Rule, RuleMoves } from '../rule.js';
import { mostTokens } from './condition-fields.js';
import { condition, customNames } from './condition.js';
import { presetNames, presetOf } from './presets.js';

const moves = ['never', 'turn', 'request'] as const satisfies readonly RuleMoves[];
const paramNames = ['threshold', 'model', 'tool', 'custom'] as const;

const keysOfRule = () =>
  z.strictObject({
    name: name({ description: 'Name of the rule, shown in headers and logs; that of the preset when absent.' }).optional(),
    when: condition.meta({ description: 'Condition under which the rule fires.' }).optional(),
    to: name({ description: 'Target the request goes to.' }).optional(),
    fallback: oneOrMany(name({ description: 'Name of a target.' }), {
      description: 'Targets tried next, in order; those of the target come after them.',
    }).optional(),
    moves: choice(moves, {
      description: 'When it may move a running conversation from another target: never, when a turn begins, or with any request.',
    }).optional(),
    reason: text({ description: 'Why it moves conversations; shown in the decision. With it, `moves` is `turn`.' }).optional(),
    selector: flag({ description: 'Instead of `when` and `to`: the place where a target named in the model is taken.' }).optional(),
    preset: choice(presetNames, { description: 'Instead of `when`: a rule as another program asks it.' }).optional(),
    threshold: integer(0, mostTokens, { description: 'Of a preset: tokens.' }).optional(),
    model: z.string().max(2048).register(z.globalRegistry, { description: 'Of a preset: text in the model.', 'x-type': 'text' }).optional(),
    tool: z
      .string()
      .max(2048)
      .register(z.globalRegistry, { description: 'Of a preset: text in the name of a tool.', 'x-type': 'text' })
      .optional(),
    custom: name({ description: 'Of a preset: a routing module.' }).optional(),
  });

type Written = z.output<ReturnType<typeof keysOfRule>>;

/** A key that rules of this kind need; looked at although other keys are wrong, so that everything is reported at once. */
const needs = (key: 'name' | 'when' | 'to') => ({
  path: [key],
  error: 'is missing',
  params: { hint: 'Add it; `ccproxy config schema` describes every key.' } satisfies IssueParams,
  when: ({ value }: { readonly value: unknown }) => typeof value === 'object' && value !== null && !Array.isArray(value),
});

const plain = ({ selector, preset }: Written): boolean => selector !== true && preset === undefined;

const written = () =>
  keysOfRule()
    .refine((keys) => !plain(keys) || keys.name !== undefined, needs('name'))
    .refine((keys) => !plain(keys) || keys.when !== undefined, needs('when'))
    .refine((keys) => !plain(keys) || keys.to !== undefined, needs('to'));

type Report = (key: keyof Written, message: string, hint?: string) => void;

/** Keys that make no sense beside others; whether there was one. */
function refuse(keys: Written, unwanted: readonly (keyof Written)[], beside: string, report: Report): boolean {
  const found = unwanted.filter((key) => keys[key] !== undefined);
  for (const key of found) report(key, `has no meaning beside \`${beside}\``, 'Remove one of the two.');
  return found.length > 0;
}

/** Reports what is missing; whether all of it is there. */
function demand(keys: Written, wanted: readonly (keyof Written)[], report: Report): boolean {
  const missing = wanted.filter((key) => keys[key] === undefined);
  for (const key of missing) report(key, 'is missing', 'Add it; `ccproxy config schema` describes every key.');
  return missing.length === 0;
}

function toTargetRule(keys: Written, when: Condition, preset?: PresetUse): Rule {
  const { reason } = keys;
  const move = keys.moves ?? (reason === undefined ? undefined : 'turn');
  return {
    name: keys.name ?? preset?.name ?? '',
    when,
    to: keys.to ?? '',
    fallback: keys.fallback ?? [],
    ...(move === undefined ? {} : { moves: move }),
    ...(reason === undefined ? {} : { reason }),
    ...(preset === undefined ? {} : { preset }),
  };
}

function toPresetRule(keys: Written, presetName: NonNullable<Written['preset']>, report: Report): Rule | undefined {
  const preset = presetOf(presetName);
  const unwanted = paramNames.filter((param) => preset.params[param] === undefined);
  const needed = paramNames.filter((param) => preset.params[param] !== undefined && preset.params[param]?.default === undefined);
  if (refuse(keys, ['when', 'selector', ...unwanted], 'preset', report) || !demand(keys, needed, report)) return undefined;
  const params: Record<string, string | number> = {};
  for (const param of paramNames) {
    const value = keys[param] ?? preset.params[param]?.default;
    if (value !== undefined) params[param] = value;
  }
  const use: PresetUse = { name: presetName, params };
  const made = preset.make(params);
  if ('selector' in made) {
    if (refuse(keys, ['to', 'fallback', 'moves', 'reason'], `preset: ${presetName}`, report)) return undefined;
    return { name: keys.name ?? presetName, selector: made.selector, preset: use };
  }
  return demand(keys, ['to'], report) ? toTargetRule(keys, made.when, use) : undefined;
}

function toRule(keys: Written, report: Report): Rule | undefined {
  if (keys.preset !== undefined) return toPresetRule(keys, keys.preset, report);
  const odd = refuse(keys, paramNames, 'when', report);
  if (keys.selector === true) {
    if (refuse(keys, ['when', 'to', 'fallback', 'moves', 'reason'], 'selector', report) || odd) return undefined;
    return { name: keys.name ?? 'selector', selector: 'any' };
  }
  if (odd || keys.when === undefined) return undefined;
  return toTargetRule(keys, keys.when);
}

const rule = late(() =>
  written().transform((keys, context): Rule => {
    const report: Report = (key, message, hint) => {
      const params: IssueParams = hint === undefined ? {} : { hint };
      context.addIssue({ code: 'custom', message, path: [key], params: { ...params } });
    };
    return toRule(keys, report) ?? z.NEVER;
  }),
);

/** A list of rules; the first that fires decides. */
export const rules = z.array(rule);

/**
 * Rules of a project file. They ask no code of the user's, and no prompt chooses a model by them: the prompts of a repository's agents are the
 * repository's own.
 */
export const projectRules = z.array(
  rule.superRefine((checked, context) => {
    const report = (message: string, hint: string): void => context.addIssue({ code: 'custom', message, params: { hint } });
    if ('selector' in checked) {
      if (checked.selector === 'tag')
        report('takes a model from a prompt, which a project file cannot', 'Write the rule into your own ccproxy.yaml.');
    } else if (customNames(checked.when).length > 0) {
      report('asks a routing module, which a project file cannot', 'Routing modules are asked only by rules of your own ccproxy.yaml.');
    }
  }),
);

export const routes = rules
  .register(z.globalRegistry, { description: 'Rules; the first that fires decides, otherwise the target `default`.' })
  .prefault([]);
