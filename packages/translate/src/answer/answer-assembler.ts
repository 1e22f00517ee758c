import type { AnthropicErrorType, JsonObject, MessageWriter, TokenUsage, UsageReport } from '@ccproxy/wire';
import { encodeForeignSignature } from '../core/foreign-signature.js';
import { encodePageText } from '../core/search-ids.js';
import type { AnswerContext } from './answer-context.js';
import type { AnswerSink, StopReason, ToolKey } from './answer-sink.js';
import { type CallProblem, CallQueue } from './call-queue.js';

/** What became of an answer. */
export interface AnswerReport extends UsageReport {
  /** The error it ended with. */
  readonly error: { readonly type: AnthropicErrorType; readonly message: string } | undefined;
  /** The provider did not count; the numbers are estimates (row 100). */
  readonly estimated: boolean;
}

const problems: Readonly<Record<CallProblem, string>> = {
  'too-many-calls': 'the model made more tool calls in one answer than can be passed on',
  'too-much-held': 'the arguments of the tool calls in one answer are too large',
  'input-not-json': 'the model called a tool with arguments that are not a JSON object',
};
const charactersPerToken = 4;

/** Turns the events of any wire API into the calls of the one Anthropic writer, and collects its text. */
export class AnswerAssembler implements AnswerSink {
  readonly #writer: MessageWriter;
  readonly #context: AnswerContext;
  readonly #calls: CallQueue;
  #out = '';
  #thinks = false;
  #characters = 0;
  #usage: TokenUsage = {};
  #stop: StopReason | undefined;
  #sequence: string | undefined;
  #model: string | undefined;
  #error: AnswerReport['error'];
  #ended = false;

  constructor(writer: MessageWriter, context: AnswerContext) {
    this.#writer = writer;
    this.#context = context;
    const emit = (text: string): void => {
      this.#out += text;
    };
    this.#calls = new CallQueue(writer, context, emit, () => this.#endThinking());
  }

  /** The text that came up since the last call. */
  take(): string {
    const text = this.#out;
    this.#out = '';
    return text;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get stopped(): boolean {
    return this.#stop !== undefined;
  }

  begin(): void {
    if (!this.#ended) this.#out += this.#writer.start();
  }

  text(text: string): void {
    if (text === '' || this.#ended) return;
    this.#characters += text.length;
    if (this.#calls.ready()) this.#writeText(text);
    else this.#calls.defer(() => this.#writeText(text), text.length);
    this.#check();
  }

  thinking(text: string): void {
    if (text === '' || this.#ended) return;
    this.#characters += text.length;
    if (this.#calls.ready()) this.#writeThinking(text);
    else this.#calls.defer(() => this.#writeThinking(text), text.length);
    this.#check();
  }

  signature(payload: string): void {
    if (this.#ended) return;
    this.#put(payload.length, () => {
      this.#thinks = false;
      this.#out += this.#writer.signature(encodeForeignSignature({ family: this.#context.family, payload })) + this.#writer.closeBlock();
    });
  }

  breakBlock(): void {
    if (this.#ended) return;
    this.#put(0, () => {
      this.#endThinking();
      this.#out += this.#writer.closeBlock();
    });
  }

  block(block: JsonObject & { readonly type: string }): void {
    if (this.#ended) return;
    this.#put(0, () => {
      this.#endThinking();
      this.#out += block.type === 'server_tool_use' ? this.#writeServerCall(block) : this.#writer.block(block);
    });
  }

  citation({ url, title, citedText }: { readonly url: string; readonly title: string; readonly citedText: string }): void {
    if (this.#ended) return;
    const encrypted = encodePageText(this.#context.family, '');
    const source = { type: 'web_search_result_location', url, title, encrypted_index: encrypted, cited_text: citedText };
    this.#put(0, () => {
      this.#out += this.#writer.citation(source);
    });
  }

  tool(key: ToolKey, { id, name }: { readonly id?: string | undefined; readonly name?: string | undefined }): void {
    if (this.#ended) return;
    this.#calls.tool(key, id === '' ? undefined : id, name === '' ? undefined : name);
    this.#check();
  }

  toolInput(key: ToolKey, json: string): void {
    if (json === '' || this.#ended) return;
    this.#characters += json.length;
    this.#calls.input(key, json);
    this.#check();
  }

  toolDone(key: ToolKey): void {
    if (this.#ended) return;
    this.#calls.done(key);
    this.#check();
  }

  toolComplete(key: ToolKey): boolean {
    return this.#calls.complete(key);
  }

  usage(usage: TokenUsage): void {
    this.#usage = { ...this.#usage, ...usage };
  }

  stop(reason: StopReason, sequence?: string): void {
    if (this.#stop === 'refusal') return;
    this.#stop = reason;
    this.#sequence = sequence;
  }

  model(name: string): void {
    this.#model = name;
  }

  finish(): void {
    if (this.#ended) return;
    this.#calls.finish(this.#stop === 'max_tokens');
    if (this.#check()) return;
    this.#endThinking();
    const stopReason = this.#finalStop();
    const sequence = stopReason === 'stop_sequence' ? this.#sequence : undefined;
    this.#out += this.#writer.finish({
      stopReason,
      usage: this.#finalUsage(),
      ...(sequence === undefined ? {} : { stopSequence: sequence }),
    });
    this.#ended = true;
  }

  fail(type: AnthropicErrorType, message: string): void {
    if (this.#ended) return;
    this.#out += this.#writer.fail(type, message);
    this.#error = { type, message };
    this.#ended = true;
  }

  report(): AnswerReport {
    const whole = this.#ended && this.#error === undefined;
    return {
      usage: whole ? this.#finalUsage() : this.#usage,
      stopReason: whole ? this.#finalStop() : undefined,
      model: this.#model,
      sawMessageStop: whole,
      sawError: this.#error !== undefined,
      incomplete: !whole || this.#estimated,
      error: this.#error,
      estimated: this.#estimated,
    };
  }

  get #estimated(): boolean {
    return this.#usage.outputTokens === undefined;
  }

  /** Its input comes as a delta, as from Anthropic's servers: Claude Code shows the query from there. */
  #writeServerCall(block: JsonObject): string {
    if (block['name'] === 'web_search') this.#usage = { ...this.#usage, webSearchRequests: (this.#usage.webSearchRequests ?? 0) + 1 };
    const opened = this.#writer.toolUse({ id: String(block['id']), name: String(block['name']), type: 'server_tool_use' });
    return opened + this.#writer.toolInput(JSON.stringify(block['input'] ?? {})) + this.#writer.closeBlock();
  }

  #writeText(text: string): void {
    if (this.#thinks) this.#endThinking();
    this.#out += this.#writer.text(text);
  }

  #writeThinking(text: string): void {
    this.#thinks = true;
    this.#out += this.#writer.thinking(text);
  }

  /** Writes a part now, or after the calls that are open. */
  #put(size: number, write: () => void): void {
    if (this.#calls.ready()) write();
    else this.#calls.defer(write, size);
    this.#check();
  }

  /** Every thinking block of another provider says where it is from (row 84): its family, and nothing to give back. */
  #endThinking(): void {
    if (!this.#thinks) return;
    this.#thinks = false;
    this.#out += this.#writer.signature(encodeForeignSignature({ family: this.#context.family, payload: '' }));
  }

  #check(): boolean {
    const { problem } = this.#calls;
    if (problem !== undefined) this.fail('api_error', problems[problem]);
    return problem !== undefined;
  }

  /** Calls decide, whatever the provider names its end (rows 87, 88). */
  #finalStop(): string {
    const stop = this.#stop ?? 'end_turn';
    return this.#calls.announced > 0 && stop !== 'max_tokens' && stop !== 'refusal' ? 'tool_use' : stop;
  }

  /** All four counts, so that they replace those of the start (rows 98, 100). */
  #finalUsage(): TokenUsage {
    const estimate = { inputTokens: this.#context.inputEstimate, outputTokens: Math.ceil(this.#characters / charactersPerToken) };
    return { cacheReadTokens: 0, cacheCreationTokens: 0, ...estimate, ...this.#usage };
  }
}
