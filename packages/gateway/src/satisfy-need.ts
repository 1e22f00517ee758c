import { isCredentialHeader } from '@ccproxy/kernel';
import type { CustomAnswer, Need, RequestFacts } from '@ccproxy/router';
import type { Calibration, ExactCounter } from '@ccproxy/tokens';
import { headerValue } from '@ccproxy/wire';
import type { Conversations, Turn } from './conversations.js';
import type { MessagesRequest } from './messages-request.js';
import { principalName } from './principal-name.js';
import type { ModuleQuestion } from './routing-module-protocol.js';
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
    names.map(async (name): Promise<[string, CustomAnswer]> => [name, await givers.modules.ask(name, questionOf(request), request.body)]),
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
      tokens: { estimate: all, exact: true },
      ...(legacy === undefined ? {} : { legacy: { ...legacy, textTokens: { estimate: count.messages, exact: true } } }),
    },
    counted: count.all,
  };
}

/** The features of a request for the user's own code; headers without credentials. */
function questionOf({ view, facts, headers, project, principal }: Asked): ModuleQuestion['request'] {
  const open = Object.keys(headers).filter((name) => !isCredentialHeader(name));
  return {
    model: facts.model,
    class: facts.class,
    agentType: facts.agentType,
    stream: facts.stream,
    tokens: facts.tokens.estimate,
    session: facts.sessionId,
    project: project?.path,
    user: principal.kind === 'anonymous' ? undefined : principalName(principal),
    thinking:
      view.thinking === undefined
        ? null
        : { type: view.thinking.type, ...(view.thinking.budgetTokens === undefined ? {} : { budget: view.thinking.budgetTokens }) },
    tools: view.tools.map(({ name }) => name),
    serverTools: view.tools.flatMap(({ type }) => type ?? []),
    image: view.hasImage,
    headers: Object.fromEntries(open.map((name) => [name, headerValue(headers, name) ?? ''])),
  };
}
