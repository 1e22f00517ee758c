import type { LegacyCondition } from '@ccproxy/config';
import type { Counts } from './compile-condition.js';
import type { RequestFacts } from './request-facts.js';
import { number, shown } from './wording.js';

/** Says what a legacy condition looked at. */
export function describeLegacy(condition: LegacyCondition, facts: RequestFacts, { all, text }: Counts): string {
  const { legacy } = facts;
  switch (condition.is) {
    case 'py-token-count':
      return `${number.format(Math.max(text, legacy?.statedTokens ?? 0))} tokens of message text against ${number.format(condition.threshold)}`;
    case 'py-match-model':
      return `the model ${shown(facts.model)}, looked through for ${shown(condition.text)}`;
    case 'py-match-tool':
      return `the names of ${legacy?.toolNames.length ?? 0} declared tools, looked through for ${shown(condition.text)}`;
    case 'py-default':
      return 'the rule of that name never fires';
    case 'py-thinking':
    case 'ccr-think':
      return `the key \`thinking\` is ${legacy?.thinking === 'absent' ? 'absent' : `there and ${legacy?.thinking ?? 'unknown'}`}`;
    case 'ccr-long-context': {
      const before = legacy?.previousInput === undefined ? 'unknown' : number.format(legacy.previousInput);
      return `${number.format(all)} tokens, ${before} uncached ones the turn before, against ${number.format(condition.threshold)}`;
    }
    case 'ccr-background':
      return `the model ${shown(facts.model)}, looked through for "claude" and "haiku"`;
    case 'ccr-web-search':
      return `server tools: ${facts.serverTools?.join(', ') || 'none'}`;
    default:
      // ccr-image
      return `the last message of the user holds ${legacy?.lastUserImage === true ? 'an image' : 'no image'}`;
  }
}
