import type { RequestClass } from '@ccproxy/config';
import { headerNames, headerValue } from '@ccproxy/wire';
import type { Exchange } from './exchange.js';
import { countedModel } from './satisfy-need.js';

/** Requests about a conversation that are none of its turns: where they go says nothing of where it is. */
const aside: ReadonlySet<RequestClass | undefined> = new Set<RequestClass>(['compaction', 'auxiliary', 'side_reply']);
/** With this beta the client's cache marks live an hour (facts page claude-code-client §2.2). */
const longCache = 'extended-cache-ttl';

/** Keeps what an answer says of its conversation: the target that has it now, and how many tokens it had. */
export function learnConversation({
  context: { givers },
  request: { turn, facts, headers },
  plan: { counted },
  outcome,
  target,
  report,
}: Exchange): void {
  if (turn === undefined || outcome !== 'ok' || aside.has(facts.class)) return;
  const oneHour = headerValue(headers, headerNames.anthropicBeta)?.includes(longCache) === true;
  givers.conversations.answered(turn, target, report?.usage, oneHour);
  if (counted !== undefined && report !== undefined) givers.calibration.observe(countedModel(facts.model), counted, report.usage);
}
