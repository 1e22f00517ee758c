import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';

/** What a request says of its search, and the request as a model without one is asked. */
export interface SearchWish {
  /** undefined: nothing was said. */
  readonly maxUses: number | undefined;
  readonly allowedDomains: readonly string[];
  readonly blockedDomains: readonly string[];
  /** The request with a function in the place of the tool. */
  readonly body: JsonObject;
}

/** Name of the function, and of the tool in the blocks the client gets. */
export const searchName = 'web_search';

const searchFunction: JsonObject = {
  name: searchName,
  description:
    'Searches the web and returns titles, addresses and excerpts of pages. Use it for what you cannot know, such as recent events. Name the pages you rely on in your answer.',
  input_schema: {
    type: 'object',
    properties: { query: { type: 'string', description: 'What to search for.' } },
    required: ['query'],
  },
};

/** A client's own tool of that name gives way (facts page translation, row 40). */
export function readSearchWish(body: JsonObject): SearchWish {
  const tools = Array.isArray(body['tools']) ? body['tools'].filter(isJsonObject) : [];
  const search = tools.find(isSearch) ?? {};
  const others = tools.filter((tool) => !isSearch(tool) && tool['name'] !== searchName);
  const uses = search['max_uses'];
  return {
    maxUses: typeof uses === 'number' && Number.isSafeInteger(uses) && uses >= 0 ? uses : undefined,
    allowedDomains: texts(search['allowed_domains']),
    blockedDomains: texts(search['blocked_domains']),
    body: { ...body, stream: true, tools: [...others, searchFunction] },
  };
}

/** Whether a request is there for the search: nothing else is offered, or it is told to search. */
export const wantsNothingElse = (body: JsonObject): boolean => {
  const tools = Array.isArray(body['tools']) ? body['tools'].filter(isJsonObject) : [];
  const choice = objectMember(body, 'tool_choice');
  return tools.every(isSearch) || (choice?.['type'] === 'tool' && choice['name'] === searchName);
};

const isSearch = (tool: JsonObject): boolean => stringMember(tool, 'type')?.startsWith('web_search') === true;
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []);

/** The request of the next round: what the model said, what was found, and no duty to call anything any more. */
export function nextRound(body: JsonObject, said: readonly JsonObject[], results: readonly JsonObject[], mayCall: boolean): JsonObject {
  const messages = Array.isArray(body['messages']) ? (body['messages'] as unknown[]) : [];
  const choice = objectMember(body, 'tool_choice');
  const type = mayCall ? 'auto' : 'none';
  return {
    ...body,
    ...(choice === undefined && mayCall ? {} : { tool_choice: { ...(mayCall ? oneAtATime(choice) : {}), type } }),
    messages: [...messages, { role: 'assistant', content: said }, { role: 'user', content: results }],
  };
}

const oneAtATime = (choice: JsonObject | undefined): JsonObject =>
  choice?.['disable_parallel_tool_use'] === true ? { disable_parallel_tool_use: true } : {};
