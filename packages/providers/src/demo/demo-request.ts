/** What the demo reads of a Messages request; everything else is ignored. */
export interface DemoRequest {
  readonly model: string;
  readonly stream: boolean;
  /** Last text block the user typed, system reminders of the client left out. */
  readonly text: string;
  /** Text of the tool results in the last message. */
  readonly toolResults: readonly string[];
  readonly toolNames: readonly string[];
  /** JSON schema of the answer, when one is asked for (`output_config.format`). */
  readonly schema: Readonly<Record<string, unknown>> | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const flat = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : list(content)
        .map((block) => textOf(fields(block)['text']))
        .join('');

const blocks = (message: unknown): readonly Fields[] => {
  const { content } = fields(message);
  return typeof content === 'string' ? [{ type: 'text', text: content }] : list(content).map(fields);
};

/**
 * Reads a request body. Returns a sentence in Anthropic's wording when `model` or `messages` is missing or the bytes are not a JSON
 * object: the answer is then a 400.
 */
export function readDemoRequest(body: Buffer | undefined): DemoRequest | string {
  let parsed: Fields;
  try {
    parsed = fields(JSON.parse(body?.toString('utf8') ?? ''));
  } catch (error) {
    if (error instanceof SyntaxError) return 'The request body is not valid JSON.';
    throw error;
  }
  if (typeof parsed['model'] !== 'string') return 'model: Field required';
  if (!Array.isArray(parsed['messages'])) return 'messages: Field required';
  const last = parsed['messages'].filter((message) => fields(message)['role'] === 'user').at(-1);
  const parts = blocks(last);
  const typed = parts.map((block) => (block['type'] === 'text' ? textOf(block['text']) : '')).filter((text) => text !== '');
  const { format } = fields(parsed['output_config']);
  const { schema } = fields(format);
  return {
    model: parsed['model'],
    stream: parsed['stream'] === true,
    text: typed.filter((text) => !/^\s*<system-reminder>/.test(text)).at(-1) ?? '',
    toolResults: parts.filter((block) => block['type'] === 'tool_result').map((block) => flat(block['content'])),
    toolNames: list(parsed['tools']).map((tool) => textOf(fields(tool)['name'])),
    schema: schema === undefined ? undefined : fields(schema),
  };
}
