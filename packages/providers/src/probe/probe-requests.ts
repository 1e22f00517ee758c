import type { JsonObject } from '@ccproxy/wire';

/** A red square of 16 by 16 points. */
const redSquare = 'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mP4z8BAEmIY1TCqYfhqAACQ+f8B8u7oVwAAAABJRU5ErkJggg==';

const ask = (content: unknown, fields: JsonObject = {}): JsonObject => ({
  max_tokens: 256,
  messages: [{ role: 'user', content }],
  ...fields,
});

const clock = {
  name: 'get_time',
  description: 'Tells the time in a city.',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

/** The small requests of a probe; each asks for one thing. */
export const probeRequests = {
  plain: ask('Reply with the word: pong'),
  bounded: ask('Count from 1 to 300 in digits, separated by spaces. Write every number.', { max_tokens: 16 }),
  forcedTool: ask('What time is it in Oslo?', { tools: [clock], tool_choice: { type: 'any' } }),
  freeTool: ask('What time is it in Oslo? Use the tool.', { tools: [clock] }),
  singleTool: ask('What time is it in Oslo and in Rome? Use the tool.', {
    tools: [clock],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  }),
  image: ask([
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: redSquare } },
    { type: 'text', text: 'Which colour is this square? Answer with one word.' },
  ]),
  temperature: ask('Reply with the word: pong', { temperature: 0.5 }),
  thinking: ask('What is 17 times 23? Think first.', { max_tokens: 4096, thinking: { type: 'enabled', budget_tokens: 1024 } }),
} satisfies Readonly<Record<string, JsonObject>>;
