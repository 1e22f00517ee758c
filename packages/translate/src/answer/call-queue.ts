import type { MessageWriter } from '@ccproxy/wire';
import { toolIdForClient } from '../core/tool-ids.js';
import type { AnswerContext } from './answer-context.js';
import type { ToolKey } from './answer-sink.js';
import { ToolInput } from './tool-input.js';

interface Call {
  readonly kind: 'call';
  id: string;
  name: string;
  started: boolean;
  done: boolean;
  readonly input: ToolInput;
}

interface Part {
  readonly kind: 'part';
  readonly write: () => void;
}

const maxCalls = 1000;
/** Characters of arguments and of parts that wait. */
const maxHeld = 32 * 1024 * 1024;
const partCost = 64;

/** A problem that ends the answer. */
export type CallProblem = 'too-many-calls' | 'too-much-held' | 'input-not-json';

/**
 * Puts the calls of an answer, which may come in pieces of several at a time, one behind the other (translation.md rows
 * 68-75): the first is passed on as it comes, the others and what follows them wait until it is closed.
 */
export class CallQueue {
  readonly #writer: MessageWriter;
  readonly #context: AnswerContext;
  readonly #emit: (text: string) => void;
  readonly #beforeCall: () => void;
  readonly #calls = new Map<ToolKey, Call>();
  readonly #usedIds = new Set<string>();
  #waiting: (Call | Part)[] = [];
  #next = 0;
  #held = 0;
  /** Calls the client was told of. */
  announced = 0;
  problem: CallProblem | undefined;

  /** `emit` takes what is written, `beforeCall` is told before a call opens its block. */
  constructor(writer: MessageWriter, context: AnswerContext, emit: (text: string) => void, beforeCall: () => void) {
    this.#writer = writer;
    this.#context = context;
    this.#emit = emit;
    this.#beforeCall = beforeCall;
  }

  /** Closes what can be closed; true when nothing is open, so that another part may be written at once. */
  ready(): boolean {
    for (let head = this.#head(); head !== undefined; head = this.#head()) {
      if (head.kind === 'call' && !head.done && !(head.name !== '' && head.input.complete)) return false;
      this.#shift(head, false);
    }
    return true;
  }

  /** Holds a part until the calls before it are closed. */
  defer(write: () => void, size: number): void {
    this.#hold(size + partCost);
    this.#waiting.push({ kind: 'part', write });
  }

  tool(key: ToolKey, id: string | undefined, name: string | undefined): void {
    let call = this.#calls.get(key);
    if (call === undefined) {
      if (this.#calls.size >= maxCalls) this.problem ??= 'too-many-calls';
      call = { kind: 'call', id: id ?? '', name: '', started: false, done: false, input: new ToolInput() };
      this.#calls.set(key, call);
      this.ready();
      this.#waiting.push(call);
    }
    if (call.started || call.done) return;
    if (call.id === '' && id !== undefined) call.id = id;
    if (call.name === '' && name !== undefined) call.name = name;
    this.#advance(call);
  }

  input(key: ToolKey, json: string): void {
    const call = this.#calls.get(key);
    if (call === undefined || call.done) return;
    this.#hold(json.length);
    call.input.add(json);
    this.#advance(call);
  }

  done(key: ToolKey): void {
    const call = this.#calls.get(key);
    if (call === undefined || call.done) return;
    call.done = true;
    if (this.#head() === call) this.ready();
  }

  complete(key: ToolKey): boolean {
    const call = this.#calls.get(key);
    return call !== undefined && (call.done || call.input.complete);
  }

  /** Closes everything. `cut`: the model ran out of tokens, so the last call may be unfinished. */
  finish(cut: boolean): void {
    for (let head = this.#head(); head !== undefined && this.problem === undefined; head = this.#head()) this.#shift(head, cut);
  }

  #head(): Call | Part | undefined {
    return this.#waiting[this.#next];
  }

  #hold(size: number): void {
    this.#held += size;
    if (this.#held > maxHeld) this.problem ??= 'too-much-held';
  }

  /** Passes on what is certain of the call whose turn it is. */
  #advance(call: Call): void {
    if (this.#head() !== call || call.name === '') return;
    if (!call.started) {
      call.started = true;
      this.announced += 1;
      this.#beforeCall();
      this.#emit(this.#writer.toolUse({ id: this.#uniqueId(call.id), name: this.#context.toolNames.toClient(call.name) }));
    }
    const piece = call.input.take();
    if (piece !== '') this.#emit(this.#writer.toolInput(piece));
  }

  /** Writes the head to its end and makes room for the next. A call without a name never was one (row 71). */
  #shift(head: Call | Part, cut: boolean): void {
    if (head.kind === 'part') head.write();
    else {
      this.#advance(head);
      const rest = head.name === '' ? '' : head.input.finish(cut);
      if (rest === undefined) this.problem ??= 'input-not-json';
      else if (rest !== '') this.#emit(this.#writer.toolInput(rest));
      if (head.started) this.#emit(this.#writer.closeBlock());
      head.done = true;
    }
    this.#next += 1;
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
      this.#held = 0;
      return;
    }
    const next = this.#head();
    if (next?.kind === 'call') this.#advance(next);
  }

  #uniqueId(wanted: string): string {
    const own = wanted === '' ? '' : toolIdForClient(wanted);
    const id =
      own !== '' && !this.#usedIds.has(own) ? own : `toolu_${this.#context.messageId.replace(/[^A-Za-z0-9]/g, '')}_${this.announced}`;
    this.#usedIds.add(id);
    return id;
  }
}
