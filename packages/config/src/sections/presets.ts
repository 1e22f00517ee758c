import type { Condition, LegacyCondition, PresetUse, SelectorRule } from '../rule.js';

type Params = PresetUse['params'];
type ParamName = 'threshold' | 'model' | 'tool' | 'custom';

interface Preset {
  readonly description: string;
  /** What it needs beside `to`; a default makes it optional. */
  readonly params: Readonly<Partial<Record<ParamName, { readonly default?: number }>>>;
  /** What it asks, or that it takes the target from the request itself. */
  readonly make: (params: Params) => { readonly when: Condition } | { readonly selector: SelectorRule['selector'] };
}

const legacy = (is: LegacyCondition): { when: Condition } => ({ when: { legacy: is } });
const text = (value: string | number | undefined): string => String(value ?? '');

/**
 * The rules of ccproxy for Python and the scenarios of claude-code-router, as those programs ask them (docs/guide/routing.md says where
 * each misfires).
 */
export const presets = {
  'py-token-count': {
    description: 'TokenCountRule: text of the messages over a threshold.',
    params: { threshold: {} },
    make: ({ threshold }) => legacy({ is: 'py-token-count', threshold: Number(threshold) }),
  },
  'py-match-model': {
    description: 'MatchModelRule: the model contains a text.',
    params: { model: {} },
    make: ({ model }) => legacy({ is: 'py-match-model', text: text(model) }),
  },
  'py-thinking': { description: 'ThinkingRule: the request mentions thinking.', params: {}, make: () => legacy({ is: 'py-thinking' }) },
  'py-match-tool': {
    description: 'MatchToolRule: the name of a declared tool contains a text.',
    params: { tool: {} },
    make: ({ tool }) => legacy({ is: 'py-match-tool', text: text(tool) }),
  },
  'py-default': { description: 'DefaultRule: never fires.', params: {}, make: () => legacy({ is: 'py-default' }) },
  'ccr-custom': {
    description: 'CUSTOM_ROUTER_PATH: a module names the target.',
    params: { custom: {} },
    make: ({ custom }) => ({ when: { custom: text(custom) } }),
  },
  'ccr-explicit': { description: '`provider,model` in the model.', params: {}, make: () => ({ selector: 'comma' }) },
  'ccr-long-context': {
    description: 'longContext: over a threshold, or the turn before was.',
    params: { threshold: { default: 60_000 } },
    make: ({ threshold }) => legacy({ is: 'ccr-long-context', threshold: Number(threshold) }),
  },
  'ccr-subagent': {
    description: 'A <CCR-SUBAGENT-MODEL> tag at the start of the second system block names `provider,model`.',
    params: {},
    make: () => ({ selector: 'tag' }),
  },
  'ccr-background': {
    description: 'background: the model contains "claude" and "haiku".',
    params: {},
    make: () => legacy({ is: 'ccr-background' }),
  },
  'ccr-web-search': {
    description: 'webSearch: a tool whose type begins with web_search is declared.',
    params: {},
    make: () => legacy({ is: 'ccr-web-search' }),
  },
  'ccr-think': { description: 'think: the request mentions thinking.', params: {}, make: () => legacy({ is: 'ccr-think' }) },
  'ccr-image': {
    description: 'image: the last message is of the user and holds an image.',
    params: {},
    make: () => legacy({ is: 'ccr-image' }),
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as PresetName[];

/** A preset by name, seen without its own type. */
export const presetOf = (name: PresetName): Preset => presets[name];
