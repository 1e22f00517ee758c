import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { breakStream, overloaded } from './faults.ts';
import type { ContentBlock } from './message-request.ts';
import type { KeepAlives, ScriptStep } from './script-step.ts';
import type { Message, SendOptions } from './send-message.ts';
import { requestIdHeader } from './send-json.ts';

type Emit = (type: string, data: Readonly<Record<string, unknown>>) => void;

/** Sends a message as the stream of events the API sends, with the faults and pauses of its step. */
export async function streamMessage(
  response: ServerResponse,
  message: Message,
  step: ScriptStep,
  headers: Readonly<Record<string, string>>,
  options: SendOptions,
): Promise<void> {
  const emit: Emit = (type, data) => {
    options.onEvent();
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  const emitError = (): void => emit('error', { error: overloaded, request_id: response.getHeader(requestIdHeader) });

  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers });
  await keepAlive(response, step.pre, emit);
  if (step.fault === 'sse-error-first') {
    emitError();
    response.end();
    return;
  }
  emit('message_start', {
    message: { ...message, content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1 } },
  });
  for (const [index, block] of message.content.entries()) {
    emit('content_block_start', { index, content_block: { ...block, ...emptied(block) } });
    if (index === 0) emit('ping', {});
    for (const [n, delta] of deltasOf(block, options.chunkChars).entries()) {
      emit('content_block_delta', { index, delta });
      if (step.chunk_ms !== undefined) await sleep(step.chunk_ms);
      if (n !== 1) continue;
      await keepAlive(response, step.mid, emit);
      if (step.fault === undefined) continue;
      await sleep(20); // what was written reaches the reader before the connection breaks
      if (breakStream(response, step.fault, emitError)) return;
    }
    if (block.type === 'thinking')
      emit('content_block_delta', { index, delta: { type: 'signature_delta', signature: block['signature'] } });
    emit('content_block_stop', { index });
  }
  const { service_tier: _tier, cache_creation: _creation, ...usage } = message.usage;
  emit('message_delta', { delta: { stop_reason: message.stop_reason, stop_sequence: null }, usage });
  emit('message_stop', {});
  response.end();
}

/** The fields of a block that its deltas fill. */
function emptied(block: ContentBlock): Readonly<Record<string, unknown>> {
  if (block.type === 'text') return { text: '' };
  if (block.type === 'thinking') return { thinking: '', signature: '' };
  return block.type === 'tool_use' ? { input: {} } : {};
}

function deltasOf(block: ContentBlock, size: number): Readonly<Record<string, unknown>>[] {
  if (block.type === 'text') return pieces(String(block['text']), size).map((text) => ({ type: 'text_delta', text }));
  if (block.type === 'thinking') return pieces(String(block['thinking']), size).map((thinking) => ({ type: 'thinking_delta', thinking }));
  if (block.type !== 'tool_use') return [];
  return pieces(JSON.stringify(block['input']), size).map((json) => ({ type: 'input_json_delta', partial_json: json }));
}

function pieces(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));
}

async function keepAlive(response: ServerResponse, beats: KeepAlives | undefined, emit: Emit): Promise<void> {
  if (beats === undefined) return;
  response.flushHeaders();
  for (let i = 0; i < (beats.count ?? 1) && !response.destroyed; i++) {
    if (beats.kind === 'comment') response.write(': keepalive\n\n');
    else emit('ping', {});
    await sleep(beats.ms ?? 1000);
  }
}
