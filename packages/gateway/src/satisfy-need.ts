import type { CustomAnswer, Need, RequestFacts } from '@ccproxy/router';
import type { Calibration, ExactCounter } from '@ccproxy/tokens';
import type { Conversations, Turn } from './conversations.js';
import type { MessagesRequest } from './messages-request.js';
import { moduleRequest } from './module-request.js';
import type { RoutingModules } from './routing-modules.js';

/** What can give facts the router asks for. */
export interface FactGivers {
  readonly counter: ExactCounter;
  readonly modules: RoutingModules;
  readonly conversations: Conversations;
  readonly calibration: Calibration;
}

/** The name under which the calibration learns what a model's tokens are to those of the tokenizer. */
export const countedModel = (model: string): string => `counted ${model}`;

/** Request facts, and what the tokenizer counted for them. */
export interface Satisfied {
  readonly facts: RequestFacts;
  readonly counted: number | undefined;
}

type Asked = Pick<MessagesRequest, 'body' | 'headers' | 'view' | 'facts' | 'project' | 'principal'>;

/** Gives the router what it asks for; what cannot be had is given as such, so that it does not ask again. Never rejects. */
export async function satisfyNeed(need: Need, request: Asked, turn: Turn | undefined, givers: FactGivers): Promise<Satisfied> {
  const names = need.needs.flatMap((each) => (each.startsWith('custom:') ? [each.slice('custom:'.length)] : []));
  const answers = await Promise.all(
    names.map(async (name): Promise<[string, CustomAnswer]> => [
      name,
      await givers.modules.ask(name, moduleRequest(request), request.body),
    ]),
  );
  const custom = answers.length === 0 ? {} : { custom: { ...request.facts.custom, ...Object.fromEntries(answers) } };
  const facts = { ...request.facts, ...custom };
  return need.needs.includes('tokens:exact') ? await countExactly(facts, request, turn, givers) : { facts, counted: undefined };
}

async function countExactly(facts: RequestFacts, { body }: Asked, turn: Turn | undefined, givers: FactGivers): Promise<Satisfied> {
  const count = await givers.counter.count(body);
  const { tokens, legacy } = facts;
  if (count === undefined) {
    // Nobody can count in time: the estimate is as good as it gets.
    const settled = { tokens: { ...tokens, margin: 0 } };
    return {
      facts: {
        ...facts,
        ...settled,
        ...(legacy === undefined ? {} : { legacy: { ...legacy, textTokens: { ...legacy.textTokens, margin: 0 } } }),
      },
      counted: undefined,
    };
  }
  const all = givers.calibration.calibrated(countedModel(facts.model), count.all);
  if (turn !== undefined) givers.conversations.counted(turn, all);
  return {
    facts: {
      ...facts,
      tokens: { estimate: all, exact: true, by: 'tokenizer' },
      ...(legacy === undefined ? {} : { legacy: { ...legacy, textTokens: { estimate: count.messages, exact: true } } }),
    },
    counted: count.all,
  };
}
