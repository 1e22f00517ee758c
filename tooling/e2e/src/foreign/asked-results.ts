import type { DialectName } from './dialects.ts';

/** A call, or the answer to one, as a provider was told of it; `id` is the name of the function where the API has no ids. */
export interface ToldPart {
  readonly id: string;
  readonly text: string;
}

interface Part {
  readonly functionCall?: { readonly id: string; readonly args: unknown };
  readonly functionResponse?: { readonly id: string; readonly response: { readonly output?: string } };
}
interface Message {
  readonly role: string;
  readonly content?: string;
  readonly tool_call_id?: string;
  readonly tool_name?: string;
  readonly tool_calls?: readonly { readonly id?: string; readonly function: { readonly name: string; readonly arguments: unknown } }[];
}
interface Item {
  readonly type?: string;
  readonly call_id: string;
  readonly arguments: string;
  readonly output: string;
}

/** The calls of a conversation and their answers, each in its order. */
export function toldOf(dialect: DialectName, body: string): { readonly calls: ToldPart[]; readonly results: ToldPart[] } {
  if (dialect === 'responses') {
    const { input } = JSON.parse(body) as { readonly input: readonly Item[] };
    const of = (type: string): Item[] => input.filter((item) => item.type === type);
    return {
      calls: of('function_call').map((item) => ({ id: item.call_id, text: item.arguments })),
      results: of('function_call_output').map((item) => ({ id: item.call_id, text: item.output })),
    };
  }
  if (dialect === 'gemini') {
    const { contents } = JSON.parse(body) as { readonly contents: readonly { readonly parts: readonly Part[] }[] };
    const parts = contents.flatMap((content) => content.parts);
    return {
      calls: parts.flatMap(({ functionCall: call }) => (call === undefined ? [] : [{ id: call.id, text: JSON.stringify(call.args) }])),
      results: parts.flatMap(({ functionResponse: told }) =>
        told === undefined ? [] : [{ id: told.id, text: told.response.output ?? '' }],
      ),
    };
  }
  const { messages } = JSON.parse(body) as { readonly messages: readonly Message[] };
  return {
    calls: messages
      .flatMap((message) => message.tool_calls ?? [])
      .map((call) => ({ id: call.id ?? call.function.name, text: JSON.stringify(call.function.arguments) })),
    results: messages
      .filter(({ role }) => role === 'tool')
      .map((message) => ({ id: message.tool_call_id ?? message.tool_name ?? '', text: message.content ?? '' })),
  };
}
