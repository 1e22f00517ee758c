import type { Attempt } from '@ccproxy/config';
import type { RequestNotes } from '@ccproxy/providers';
import type { GatewayContext } from './gateway-context.js';
import type { MessagesRequest } from './messages-request.js';

const unlimited = { context: undefined, output: undefined };

/** What a provider of another protocol needs to know of a request and its target. */
export function requestNotes(
  { calibration, table }: Pick<GatewayContext, 'calibration' | 'table'>,
  { facts, estimate }: Pick<MessagesRequest, 'facts' | 'estimate'>,
  { target, model = facts.model }: Pick<Attempt, 'target' | 'model'>,
): RequestNotes {
  const declared = table.targets.get(target);
  return {
    clientModel: facts.model,
    inputTokens: calibration.calibrated(model, estimate),
    limits: declared?.limits ?? unlimited,
    strict: declared?.strict,
  };
}
