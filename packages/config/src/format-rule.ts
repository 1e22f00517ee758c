import type { Condition, Rule, TimeWindow } from './config.js';

/** A rule as it is written in the configuration. */
export function formatRule(rule: Rule): object {
  const { name, preset } = rule;
  const use = preset === undefined ? {} : { preset: preset.name, ...preset.params };
  if ('selector' in rule) return { name, ...(preset === undefined ? { selector: true } : use) };
  const { when, to, fallback, moves, reason } = rule;
  return {
    name,
    ...(preset === undefined ? { when: formatCondition(when) } : use),
    to,
    ...(fallback.length === 0 ? {} : { fallback }),
    ...(moves === undefined ? {} : { moves }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** A condition as it is written in the configuration. */
function formatCondition(condition: Condition): object {
  if ('all' in condition) return { all: condition.all.map(formatCondition) };
  if ('any' in condition) return { any: condition.any.map(formatCondition) };
  if ('not' in condition) return { not: formatCondition(condition.not) };
  if ('time' in condition) return { time: formatWindow(condition.time) };
  return { ...condition };
}

function formatWindow({ days, from, to, zone }: TimeWindow): object {
  return {
    ...(days === undefined ? {} : { days }),
    ...(from === undefined ? {} : { from: formatClock(from) }),
    ...(to === undefined ? {} : { to: formatClock(to) }),
    ...(zone === undefined ? {} : { zone }),
  };
}

function formatClock(minutes: number): string {
  const part = (value: number): string => String(value).padStart(2, '0');
  return `${part(Math.floor(minutes / 60))}:${part(minutes % 60)}`;
}
