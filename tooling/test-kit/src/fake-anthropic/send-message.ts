import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { overloaded, sendFault } from './faults.ts';
import type { ContentBlock, MessageRequest } from './message-request.ts';
import { contentOf, type ScriptStep } from './script-step.ts';
import { sendError, sendJson, sendText } from './send-json.ts';
import { streamMessage } from './stream-message.ts';

/** Everything of an answer but its content. */
export interface Message {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly ContentBlock[];
  readonly stop_reason: string;
  readonly stop_sequence: null;
  readonly usage: Readonly<Record<string, unknown>>;
}

export interface SendOptions {
  /** Characters per text delta. */
  readonly chunkChars: number;
  /** Bytes of the request's body, for its token count. */
  readonly bodyBytes: number;
  /** Called once per stream event. */
  onEvent(): void;
}

/** A token is four bytes here. */
export const tokensOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4));

const newId = (prefix: string): string => `${prefix}_fake${randomBytes(10).toString('hex')}`;

/** Answers one Messages request as the step says. */
export async function sendMessage(
  response: ServerResponse,
  request: MessageRequest,
  step: ScriptStep,
  options: SendOptions,
): Promise<void> {
  const { fault } = step;
  const stream = request.stream ?? false;
  const wait = (step.delay_ms ?? 0) + (fault === 'slow' ? (step.slow_ms ?? 3000) : 0);
  if (wait > 0) await sleep(wait);
  if (step.status !== undefined) return sendError(response, step.status, step.error, step.headers);
  if (step.raw !== undefined) return sendText(response, 200, stream ? 'text/event-stream' : 'application/json', step.raw, step.headers);
  if (fault !== undefined && sendFault(response, fault, step, stream)) return;

  const message = messageOf(request, step, options.bodyBytes);
  const headers = { ...rateLimitHeaders(), ...step.headers };
  if (stream) return streamMessage(response, message, step, headers, options);
  if (fault === undefined || fault === 'slow') return sendJson(response, 200, message, headers);
  if (fault === 'invalid-json')
    return sendText(response, 200, 'application/json', '{"id":"msg_x","type":"message","content":[{"type":', headers);
  if (fault.startsWith('sse-error')) return sendError(response, 529, overloaded);
  if (fault !== 'hang-mid') response.req.socket.resetAndDestroy();
}

function messageOf(request: MessageRequest, step: ScriptStep, bodyBytes: number): Message {
  const interrupted = step.fault !== undefined && step.text === undefined && step.content === undefined;
  const content = contentOf(
    interrupted ? { ...step, text: 'This answer is going to be interrupted by a fault, sorry about that.' } : step,
    newId,
  );
  return {
    id: newId('msg'),
    type: 'message',
    role: 'assistant',
    model: step.model ?? request.model ?? '',
    content,
    stop_reason: step.stop_reason ?? (content.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn'),
    stop_sequence: null,
    usage: {
      input_tokens: tokensOf(bodyBytes),
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: tokensOf(JSON.stringify(content).length),
      service_tier: 'standard',
      ...step.usage,
    },
  };
}

function rateLimitHeaders(): Record<string, string> {
  return {
    'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
    'anthropic-ratelimit-requests-limit': '4000',
    'anthropic-ratelimit-requests-remaining': '3999',
    'anthropic-ratelimit-requests-reset': new Date(Date.now() + 60_000).toISOString(),
  };
}
