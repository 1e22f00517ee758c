import type { ConfigPath } from '../../diagnostic.js';
import type { Draft, Section } from '../draft.js';
import { type Entries, listOf, mapOf, textOf } from '../source-values.js';
import { onlyArgument, type PyArguments, pyArguments } from './py-params.js';

/** A rule of ours that asks the same, or why there is none. */
type Asked = { readonly rule: Section; readonly note?: string } | { readonly why: string };

type Reader = (params: PyArguments) => Asked;

const unbuilt = (name: string): Asked => ({
  why: `cannot be built without exactly one \`${name}\`: ccproxy for Python leaves it out, too`,
});

const none =
  (rule: Section, note?: string): Reader =>
  ({ positional, named }) =>
    positional.length + Object.keys(named).length === 0
      ? { rule, ...(note === undefined ? {} : { note }) }
      : { why: 'takes no parameters: ccproxy for Python leaves it out, too' };

const classes: Readonly<Record<string, Reader>> = {
  TokenCountRule: (params) => {
    const threshold = onlyArgument(params, 'threshold');
    if (threshold === undefined) return unbuilt('threshold');
    if (typeof threshold !== 'number' || !(threshold >= 0 && threshold <= 100_000_000)) return { why: 'has no usable `threshold`' };
    const note = 'counts only the text of messages, as there: a request of Claude Code is far larger; `tokens: { over }` counts all of it';
    return { rule: { preset: 'py-token-count', threshold: Math.floor(threshold) }, note };
  },
  MatchModelRule: (params) => {
    const model = onlyArgument(params, 'model_name');
    if (model === undefined) return unbuilt('model_name');
    return matching(model, (text) => ({ preset: 'py-match-model', model: text }));
  },
  MatchToolRule: (params) => {
    const tool = onlyArgument(params, 'tool_name');
    if (tool === undefined) return unbuilt('tool_name');
    const note =
      'asks for tools that are declared, as there: nearly every request declares them all; `serverTool` or `tool: { used }` is surer';
    return matching(tool, (text) => ({ preset: 'py-match-tool', tool: text }), note);
  },
  ThinkingRule: none({ preset: 'py-thinking' }, 'fires as there, also when thinking is disabled; `thinking: { budgetOver }` is surer'),
  DefaultRule: none({ preset: 'py-default' }, 'never fires, as there'),
};

function matching(value: unknown, rule: (text: string) => Section, note?: string): Asked {
  if (typeof value !== 'string' || value.length > 1024 || !value.isWellFormed()) return { why: 'has no text to look for' };
  return { rule: rule(value.replaceAll('$', '$$$$')), ...(note === undefined ? {} : { note }) };
}

export interface RulesContext {
  readonly draft: Draft;
  /** Targets by the names of LiteLLM's models; undefined: that file was not given. */
  readonly targets: ReadonlyMap<string, string> | undefined;
  /** Why no rule is asked there, if none is. */
  readonly unasked: string | undefined;
}

/** Imports the rules in their order. */
export function importPyRules(settings: Entries, { draft, targets, unasked }: RulesContext): void {
  for (const [index, entry] of listOf(settings['rules']).entries()) {
    const rule = mapOf(entry);
    const key: ConfigPath = ['ccproxy', 'rules', index];
    const label = textOf(rule['name']) ?? textOf(rule['label']);
    const path = textOf(rule['rule']);
    const asked =
      label === undefined || path === undefined
        ? { why: 'has no name or no rule: ccproxy for Python leaves it out, too' }
        : readRule(path, rule['params']);
    if ('why' in asked) draft.refused(key, asked.why);
    else if (unasked !== undefined) draft.refused(key, unasked);
    else if (targets === undefined)
      draft.refused(key, 'names a model of LiteLLM’s `config.yaml`, which was not found beside the file; name it with --litellm-config');
    else addRule(draft, { key, label: label ?? '', asked, targets });
  }
}

function readRule(path: string, params: unknown): Asked {
  const [, module = '', name = ''] = /^(.*?)\.?([^.]*)$/u.exec(path) ?? [];
  const own = module === 'ccproxy.rules' || module === '';
  const reader = own && Object.hasOwn(classes, name) ? classes[name] : undefined;
  return reader?.(pyArguments(params)) ?? { why: 'is a class of Python; write a condition, or a module for `plugins.routing`' };
}

interface NewRule {
  readonly key: ConfigPath;
  readonly label: string;
  readonly asked: { readonly rule: Section; readonly note?: string };
  readonly targets: ReadonlyMap<string, string>;
}

function addRule(draft: Draft, { key, label, asked, targets }: NewRule): void {
  const target = targets.get(label);
  if (target === undefined && !('default' in draft.config.models))
    return draft.refused(key, 'names a model that is not there or was refused');
  const place = draft.addRule(label, { ...asked.rule, to: target ?? 'default' });
  if (target === undefined) draft.approximated(key, place, 'no model has its name: it leads to `default`, as there');
  else draft.mapped(key, place, asked.note);
}
