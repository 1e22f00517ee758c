import type { Condition, Rule } from '@ccproxy/config';
import { number, windowWords } from './wording.js';

/** A rule in one line of words, as `route list` shows it. */
export function describeRule(rule: Rule): string {
  const preset = rule.preset === undefined ? '' : `preset ${rule.preset.name}`;
  if ('selector' in rule) return preset === '' ? 'a target or provider named in the model' : preset;
  if (preset === '') return words(rule.when);
  const params = Object.entries(rule.preset?.params ?? {}).map(([name, value]) => `${name} ${String(value)}`);
  return [preset, ...params].join(', ');
}

const list = (values: readonly string[]): string => values.join(' or ');

/** Wraps what would read differently inside another list. */
const inner = (part: Condition): string => ('all' in part || 'any' in part ? `(${words(part)})` : words(part));

function words(condition: Condition): string {
  if ('all' in condition) return condition.all.map(inner).join(' and ');
  if ('any' in condition) return condition.any.map(inner).join(' or ');
  if ('not' in condition) return `not ${inner(condition.not)}`;
  if ('time' in condition) return `time ${windowWords(condition.time)}`;
  const [[key, value] = ['', '']] = Object.entries(condition);
  return `${key} ${said(value)}`;
}

/** Values of a condition: lists as alternatives, maps as `key value`, numbers readable. */
function said(value: unknown): string {
  if (Array.isArray(value)) return list(value.map(String));
  if (typeof value === 'number') return number.format(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, part]) => `${key} ${said(part)}`)
    .join(', ');
}
