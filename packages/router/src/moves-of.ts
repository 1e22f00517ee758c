import type { Condition, RuleMoves, TargetRule } from '@ccproxy/config';

/**
 * Whether a condition says what kind of request this is or what it needs of a target: reason enough to leave the target at once. Everything
 * else describes circumstances, which change from request to request.
 */
function namesReason(condition: Condition): boolean {
  if ('all' in condition) return condition.all.some(namesReason);
  if ('any' in condition) return condition.any.some(namesReason);
  if ('not' in condition) return false;
  return ['class', 'agentType', 'model', 'tokens', 'image', 'serverTool', 'legacy'].some((key) => key in condition);
}

/** When a rule may move a running conversation: as it says itself, else by what its condition asks. Presets always could. */
export function movesOf({ moves, when, preset }: TargetRule): RuleMoves {
  return moves ?? (preset !== undefined || namesReason(when) ? 'request' : 'never');
}
