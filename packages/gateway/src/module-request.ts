import { isCredentialHeader } from '@ccproxy/kernel';
import { headerValue } from '@ccproxy/wire';
import type { MessagesRequest } from './messages-request.js';
import { principalName } from './principal-name.js';
import type { ModuleRequest } from './routing-module-protocol.js';

type Asked = Pick<MessagesRequest, 'headers' | 'view' | 'facts' | 'project' | 'principal'>;

/** The features of a request for the user's own code; headers without credentials. */
export function moduleRequest({ view, facts, headers, project, principal }: Asked): Omit<ModuleRequest, 'body'> {
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
