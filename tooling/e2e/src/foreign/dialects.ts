import { opaque, pieces, type Said } from './said.ts';

/** A wire API as a provider of it writes answers. */
export interface ForeignDialect {
  readonly path: RegExp;
  readonly type: string;
  /** The events of a stream, each with its end. */
  events(said: Said): string[];
  document(said: Said): object;
}

const sse = (value: object, event?: string): string =>
  `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(value)}\n\n`;
const citation = (url: string): object => ({ type: 'url_citation', url, title: 'The page', start_index: 0, end_index: 1 });

const chatUsage = { prompt_tokens: 1000, completion_tokens: 20 };
const finishOf = ({ calls = [], cut }: Said): string => (cut === true ? 'length' : calls.length > 0 ? 'tool_calls' : 'stop');

/** Chat Completions. Calls made at once come interleaved, as from servers that sample them so. */
const chat: ForeignDialect = {
  path: /\/chat\/completions$/,
  type: 'text/event-stream',
  events(said) {
    const chunk = (delta: object, finish_reason: string | null = null): string => sse({ choices: [{ index: 0, delta, finish_reason }] });
    const calls = (said.calls ?? []).map(({ id, name, input }, index) => ({ index, id, name, parts: pieces(JSON.stringify(input), 3) }));
    const rounds = Math.max(0, ...calls.map(({ parts }) => parts.length));
    return [
      ...pieces(said.thinking ?? '', 2).map((reasoning_content) => chunk({ reasoning_content })),
      ...pieces(said.text ?? '', 4).map((content) => chunk({ content })),
      ...calls.map(({ index, id, name }) => chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] })),
      ...Array.from({ length: rounds }, (_, at) =>
        calls.flatMap(({ index, parts }) =>
          parts[at] === undefined ? [] : chunk({ tool_calls: [{ index, function: { arguments: parts[at] } }] }),
        ),
      ).flat(),
      chunk({}, finishOf(said)),
      sse({ choices: [], usage: chatUsage }),
      'data: [DONE]\n\n',
    ];
  },
  document(said) {
    const tool_calls = (said.calls ?? []).map(({ id, name, input }) => ({
      id,
      type: 'function',
      function: { name, arguments: JSON.stringify(input) },
    }));
    const message = {
      role: 'assistant',
      content: said.text ?? null,
      ...(said.thinking === undefined ? {} : { reasoning_content: said.thinking }),
      ...(tool_calls.length === 0 ? {} : { tool_calls }),
    };
    return { object: 'chat.completion', choices: [{ index: 0, message, finish_reason: finishOf(said) }], usage: chatUsage };
  },
};

const outputOf = ({ thinking, text, calls = [], search }: Said): object[] => [
  ...(thinking === undefined
    ? []
    : [{ type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: thinking }], encrypted_content: opaque }]),
  ...(search === undefined
    ? []
    : [
        {
          type: 'web_search_call',
          id: 'ws_1',
          status: 'completed',
          action: { type: 'search', query: search.query, sources: [{ type: 'url', url: search.url }] },
        },
      ]),
  ...(text === undefined
    ? []
    : [
        {
          type: 'message',
          id: 'm_1',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text, annotations: search === undefined ? [] : [citation(search.url)] }],
        },
      ]),
  ...calls.map(({ id, name, input }, index) => ({
    type: 'function_call',
    id: `fc_${index}`,
    call_id: id,
    name,
    arguments: JSON.stringify(input),
    status: 'completed',
  })),
];

interface OutputItem {
  readonly type?: string;
  readonly arguments?: string;
  readonly summary?: readonly { readonly text: string }[];
  readonly content?: readonly { readonly text: string }[];
}

/** Members that are filled while an item is written. */
const emptyMembers = ({ type }: OutputItem): object =>
  type === 'function_call' ? { arguments: '' } : type === 'reasoning' ? { summary: [], encrypted_content: undefined } : { content: [] };

const responseOf = (said: Said): object => ({
  id: 'r',
  object: 'response',
  status: said.cut === true ? 'incomplete' : 'completed',
  ...(said.cut === true ? { incomplete_details: { reason: 'max_output_tokens' } } : {}),
  output: outputOf(said),
  usage: { input_tokens: 1000, output_tokens: 20 },
});

const responses: ForeignDialect = {
  path: /\/responses$/,
  type: 'text/event-stream',
  events(said) {
    const event = (type: string, fields: object): string => sse({ type, ...fields }, type);
    const deltas = (type: string, text: string, place: object): string[] =>
      pieces(text, 4).map((delta) => event(type, { ...place, delta }));
    /** What comes between the beginning of an item, which is empty, and its end, which is whole. */
    const between = (item: OutputItem, output_index: number): string[] => {
      if (item.type === 'function_call') return deltas('response.function_call_arguments.delta', item.arguments ?? '', { output_index });
      if (item.type === 'reasoning')
        return deltas('response.reasoning_summary_text.delta', item.summary?.[0]?.text ?? '', { output_index, summary_index: 0 });
      return deltas('response.output_text.delta', item.content?.[0]?.text ?? '', { output_index, content_index: 0 });
    };
    const items = outputOf(said).flatMap((item: OutputItem, output_index) => {
      const begun = { ...item, status: 'in_progress', ...emptyMembers(item) };
      return [
        event('response.output_item.added', { output_index, item: begun }),
        ...between(item, output_index),
        event('response.output_item.done', { output_index, item }),
      ];
    });
    return [
      event('response.created', { response: { id: 'r', status: 'in_progress', output: [] } }),
      ...items,
      event(said.cut === true ? 'response.incomplete' : 'response.completed', { response: responseOf(said) }),
    ];
  },
  document: responseOf,
};

/** Thoughts, text and calls; the first call of a turn is signed. */
const partsOf = ({ thinking, text, calls = [] }: Said): object[] => [
  ...pieces(thinking ?? '', 2).map((piece) => ({ text: piece, thought: true })),
  ...pieces(text ?? '', 4).map((piece) => ({ text: piece })),
  ...calls.map(({ name, input }, index) => ({
    functionCall: { name, args: input },
    ...(index === 0 ? { thoughtSignature: opaque } : {}),
  })),
];
const endOf = ({ cut, search }: Said): object => ({
  finishReason: cut === true ? 'MAX_TOKENS' : 'STOP',
  ...(search === undefined
    ? {}
    : {
        groundingMetadata: {
          webSearchQueries: [search.query],
          groundingChunks: [{ web: { uri: search.url, title: 'The page' } }],
          groundingSupports: [{ segment: { startIndex: 0, endIndex: 3 }, groundingChunkIndices: [0] }],
        },
      }),
});
const usageMetadata = { promptTokenCount: 1000, candidatesTokenCount: 20 };

const gemini: ForeignDialect = {
  path: /:(?:streamGenerateContent\?alt=sse|generateContent)$/,
  type: 'text/event-stream',
  events: (said) => [
    ...partsOf(said).map((part) => sse({ candidates: [{ index: 0, content: { role: 'model', parts: [part] } }], usageMetadata })),
    sse({ candidates: [{ index: 0, content: { role: 'model', parts: [{ text: '' }] }, ...endOf(said) }], usageMetadata }),
  ],
  document: (said) => ({ candidates: [{ index: 0, content: { role: 'model', parts: partsOf(said) }, ...endOf(said) }], usageMetadata }),
};

const ollamaMessage = ({ thinking, text = '', calls = [] }: Said): object => ({
  role: 'assistant',
  content: text,
  ...(thinking === undefined ? {} : { thinking }),
  ...(calls.length === 0 ? {} : { tool_calls: calls.map(({ name, input }) => ({ function: { name, arguments: input } })) }),
});
const ollamaEnd = ({ cut }: Said): object => ({
  done: true,
  done_reason: cut === true ? 'length' : 'stop',
  prompt_eval_count: 1000,
  eval_count: 20,
});

const ollama: ForeignDialect = {
  path: /\/api\/chat$/,
  type: 'application/x-ndjson',
  events(said) {
    const line = (message: object, more: object = { done: false }): string => `${JSON.stringify({ message, ...more })}\n`;
    return [
      ...pieces(said.thinking ?? '', 2).map((thinking) => line({ role: 'assistant', content: '', thinking })),
      ...pieces(said.text ?? '', 4).map((content) => line({ role: 'assistant', content })),
      ...(said.calls === undefined ? [] : [line(ollamaMessage({ calls: said.calls }))]),
      line({ role: 'assistant', content: '' }, ollamaEnd(said)),
    ];
  },
  document: (said) => ({ message: ollamaMessage(said), ...ollamaEnd(said) }),
};

/** By the name of the target in the configuration of `foreignConfig`. */
export const dialects = { chat, responses, gemini, ollama } as const;
export type DialectName = keyof typeof dialects;
export const dialectNames = Object.keys(dialects) as DialectName[];
