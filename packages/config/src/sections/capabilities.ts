import { z } from 'zod';
import { choice, flag, integer, text } from '../fields.js';
import { late, lateOr } from '../late.js';

const mostTokens = 100_000_000;

const can = (description: string) => flag({ description }).optional();

const capability = late(() =>
  z.strictObject({
    context: integer(1, mostTokens, { description: 'Tokens of its context window. `limits.context` of a target goes before.' }).optional(),
    output: integer(1, mostTokens, { description: 'Most tokens of one answer. `limits.output` of a target goes before.' }).optional(),
    tools: can('It calls tools. false: tools are left out.'),
    toolChoice: can('It can be told to call a tool, or which.'),
    parallelTools: can('It can be told to call one tool at a time.'),
    images: can('It sees images. false: a note stands in their place.'),
    pdf: can('It reads PDF files.'),
    reasoning: choice(['none', 'effort', 'switch', 'budget'], {
      description: 'How thinking is asked for: not at all, with a word, on or off, or with a number of tokens.',
    }).optional(),
    efforts: z
      .array(text({ description: 'A word.' }))
      .min(1, { error: 'must not be an empty list' })
      .register(z.globalRegistry, { description: 'The words it knows for `reasoning: effort`, weakest first.' })
      .optional(),
    replayReasoning: can('Its earlier reasoning is sent back to it with the conversation.'),
    reasoningField: choice(['reasoning_content', 'reasoning', 'reasoning_details'], {
      description: 'Member of a message that takes it (type `openai` only).',
    }).optional(),
    temperature: can('It takes `temperature`, `top_p` and `top_k`.'),
    topK: can('It takes `top_k` although its protocol does not define it.'),
    stop: can('It takes stop sequences.'),
    strictSchemas: can('It keeps to a schema strictly when asked to.'),
    streamUsage: can('A stream can be asked to end with token counts.'),
    maxTokens: choice(['max_tokens', 'max_completion_tokens'], {
      description: 'Name of the field that bounds the answer (type `openai` only).',
    }).optional(),
    thinkTags: can('An answer may begin with `<think>…</think>`, which is read as thinking.'),
    webSearch: can('It searches the web itself when a request has the tool for that.'),
    prefill: choice(['send', 'drop', 'refuse'], {
      description: 'A conversation that ends with the beginning of an answer: send it on, leave that beginning out, or refuse the request.',
    }).optional(),
  }),
);

export const capabilities = lateOr(
  () =>
    z
      .record(
        z
          .string()
          .min(1, { error: 'must be the name of a model, with `*` for any text' })
          .max(256)
          .register(z.globalRegistry, { description: 'A model, or `provider/model`; `*` is any text.', 'x-type': 'pattern' }),
        capability,
      )
      .register(z.globalRegistry, {
        description:
          'What models can do, where it differs from the built-in table. The first pattern that says something is believed. `ccproxy provider probe` writes these lines.',
      }),
  {},
);
