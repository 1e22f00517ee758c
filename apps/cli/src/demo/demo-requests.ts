/** A request of the demonstration, in the shape Claude Code gives it. */
export interface DemoRequest {
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

const client = { 'anthropic-version': '2023-06-01', 'content-type': 'application/json', 'user-agent': 'ccproxy-demo' };

const tools = ['Bash', 'Edit', 'Read'].map((name) => ({
  name,
  description: `The ${name} tool.`,
  input_schema: { type: 'object', properties: { input: { type: 'string' } } },
}));

const turn = (text: string, history: readonly object[] = []): Readonly<Record<string, unknown>> => ({
  model: 'claude-opus-5-5',
  messages: [...history, { role: 'user', content: [{ type: 'text', text }] }],
  system: [{ type: 'text', text: 'You are an agent that works on code.', cache_control: { type: 'ephemeral' } }],
  tools,
  max_tokens: 32_000,
  thinking: { type: 'adaptive', display: 'omitted' },
  stream: true,
});

/** A turn of the conversation, a title asked for in the background, and a turn with a long history. */
export function demoRequests(): readonly DemoRequest[] {
  const file = 'export const answer = 42; // a line of some file the agent has read before\n'.repeat(1500);
  return [
    { title: 'a turn', headers: { ...client, 'x-claude-code-request-class': 'main' }, body: turn('What does this repository do?') },
    {
      title: 'a title, in the background',
      headers: { ...client, 'x-claude-code-request-class': 'auxiliary' },
      body: { model: 'claude-opus-5-5', messages: [{ role: 'user', content: 'Name this conversation.' }], max_tokens: 64, stream: true },
    },
    {
      title: 'a turn with a long history',
      headers: { ...client, 'x-claude-code-request-class': 'main' },
      body: turn('Go on.', [
        { role: 'user', content: [{ type: 'text', text: file }] },
        { role: 'assistant', content: [{ type: 'text', text: 'I have read it.' }] },
      ]),
    },
  ];
}
