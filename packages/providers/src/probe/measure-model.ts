import type { Capabilities, ReasoningStyle } from '@ccproxy/config';
import { probeRequests as requests } from './probe-requests.js';
import type { ProbeAnswer, ProbeSession } from './probe-session.js';

export type Measured = { readonly [Key in keyof Capabilities]?: Exclude<Capabilities[Key], readonly string[]> };

const calls = ({ blocks }: ProbeAnswer): boolean => blocks.some(({ type }) => type === 'tool_use');
const thinks = ({ blocks }: ProbeAnswer): boolean => blocks.some(({ type, thinking }) => type === 'thinking' && thinking !== '');
/** A refusal of the request itself; a busy provider says nothing about what it can. */
const refused = ({ ok, status }: ProbeAnswer): boolean => !ok && status >= 400 && status < 500 && status !== 429;

/** A server that does not know the name ignores it, and answers at length. */
async function measureMaxTokens(session: ProbeSession): Promise<Measured> {
  for (const maxTokens of ['max_tokens', 'max_completion_tokens'] as const) {
    const answer = await session.ask(requests.bounded, { maxTokens });
    if (answer.ok && answer.stopReason === 'max_tokens') return { maxTokens };
  }
  return {};
}

async function measureTools(session: ProbeSession): Promise<Measured> {
  const can = { tools: true, toolChoice: true } as const;
  const forced = await session.ask(requests.forcedTool, can);
  if (forced.ok && calls(forced)) return { ...can, ...(await measureParallel(session)) };
  const free = await session.ask(requests.freeTool, { ...can, toolChoice: false });
  if (free.ok && calls(free)) return { tools: true, toolChoice: false, ...(await measureParallel(session)) };
  return refused(free) || free.ok ? { tools: false } : {};
}

async function measureParallel(session: ProbeSession): Promise<Measured> {
  const answer = await session.ask(requests.singleTool, { tools: true, parallelTools: true });
  return answer.ok || refused(answer) ? { parallelTools: answer.ok } : {};
}

async function measureImages(session: ProbeSession): Promise<Measured> {
  const answer = await session.ask(requests.image, { images: true });
  return answer.ok || refused(answer) ? { images: answer.ok && /\bred\b/i.test(answer.text) } : {};
}

async function measureTemperature(session: ProbeSession): Promise<Measured> {
  const answer = await session.ask(requests.temperature, { temperature: true });
  return answer.ok || refused(answer) ? { temperature: answer.ok } : {};
}

const fields = ['reasoning_details', 'reasoning_content', 'reasoning'] as const;

/** The first way of asking that makes it think; one that is taken without any thinking seen counts less than one that shows some. */
async function measureReasoning(session: ProbeSession, styles: readonly ReasoningStyle[]): Promise<Measured> {
  let taken: ReasoningStyle | undefined;
  for (const reasoning of styles) {
    const answer = await session.ask(requests.thinking, { reasoning });
    if (answer.ok && thinks(answer)) {
      const reasoningField = fields.find((field) => answer.raw.includes(`"${field}"`));
      return { reasoning, ...(reasoningField === undefined ? {} : { reasoningField }) };
    }
    if (answer.ok) taken ??= reasoning;
    else if (!refused(answer)) return {};
  }
  return { reasoning: taken ?? 'none' };
}

/** What differs between protocols in what is worth measuring. */
export interface MeasureOptions {
  /** Whether the name of the bound of an answer is open. */
  readonly maxTokens: boolean;
  readonly reasoning: readonly ReasoningStyle[];
}

/** Measures what a model can do, with about ten small requests. What could not be measured (a busy provider) is left out. */
export async function measureModel(session: ProbeSession, options: MeasureOptions): Promise<Measured> {
  const bounds = options.maxTokens ? await measureMaxTokens(session) : {};
  const tools = await measureTools(session);
  const images = await measureImages(session);
  const temperature = await measureTemperature(session);
  const reasoning = options.reasoning.length === 0 ? {} : await measureReasoning(session, options.reasoning);
  return { ...bounds, ...tools, ...images, ...temperature, ...reasoning };
}
