import type { LegacyCondition } from '@ccproxy/config';
import type { Matcher } from './compile-condition.js';
import type { FactName } from './request-facts.js';

/** A request smaller than this stays out of the long context, whatever the turn before had. */
const shortAfterLong = 20_000;

/** What a legacy condition asks, the facts it reads, and the token counts at which its answer changes. */
export interface CompiledLegacy {
  readonly matches: Matcher;
  readonly reads: readonly FactName[];
  readonly thresholds: readonly number[];
  readonly textThresholds: readonly number[];
}

const asking = (matches: Matcher, ...reads: FactName[]): CompiledLegacy => ({ matches, reads, thresholds: [], textThresholds: [] });

/**
 * Compiles a rule of another program as that program asks it, with its traps (docs/guide/routing.md lists them; sources: ccproxy for
 * Python 1.2 `rules.py`, claude-code-router 2.0 `router.ts`).
 */
export function compileLegacy(condition: LegacyCondition): CompiledLegacy {
  switch (condition.is) {
    case 'py-token-count': {
      const { threshold } = condition;
      const matches: Matcher = ({ legacy }, { text }) => legacy && Math.max(text, legacy.statedTokens) > threshold;
      return { matches, reads: ['legacy'], thresholds: [], textThresholds: [threshold] };
    }
    case 'py-match-model':
      return asking(({ model }) => model.includes(condition.text));
    case 'py-match-tool': {
      const wanted = condition.text.toLowerCase();
      return asking(({ legacy }) => legacy && legacy.toolNames.some((name) => name.toLowerCase().includes(wanted)), 'legacy');
    }
    case 'py-thinking':
      return asking(({ legacy }) => legacy && legacy.thinking !== 'absent', 'legacy');
    case 'py-default':
      return asking(() => false);
    case 'ccr-long-context': {
      const { threshold } = condition;
      const matches: Matcher = ({ legacy }, { all }) =>
        legacy && (all > threshold || ((legacy.previousInput ?? 0) > threshold && all > shortAfterLong));
      return { matches, reads: ['legacy'], thresholds: [threshold, shortAfterLong], textThresholds: [] };
    }
    case 'ccr-background':
      return asking(({ model }) => model.includes('claude') && model.includes('haiku'));
    case 'ccr-web-search':
      return asking(({ serverTools }) => serverTools?.some((type) => type.startsWith('web_search')), 'serverTools');
    case 'ccr-think':
      return asking(({ legacy }) => legacy && legacy.thinking === 'truthy', 'legacy');
    default:
      // ccr-image
      return asking(({ legacy }) => legacy && legacy.lastUserImage, 'legacy');
  }
}
