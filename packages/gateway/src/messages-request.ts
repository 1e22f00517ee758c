import type { Principal } from '@ccproxy/http';
import type { ServedProject } from '@ccproxy/projects';
import type { HeaderFields } from '@ccproxy/providers';
import { readFacts, type RequestFacts, type RouteTable } from '@ccproxy/router';
import { type Calibration, estimateTokens } from '@ccproxy/tokens';
import { headerNames, headerValue, type MessagesView, readLastMessage, scanMessagesRequest, sessionIdOf } from '@ccproxy/wire';
import { conversationKey } from './conversation-key.js';
import type { Conversations, Known, Turn } from './conversations.js';
import { errors } from './errors.js';
import { principalName } from './principal-name.js';

/** A Messages or count_tokens request that was admitted. */
export interface MessagesRequest {
  readonly id: string;
  readonly method: string;
  /** Path and query as they came. */
  readonly path: string;
  readonly headers: HeaderFields;
  /** The headers as the client wrote them: name, value, name, value, … */
  readonly rawHeaders: readonly string[];
  readonly principal: Principal;
  /** The project in whose name it came. */
  readonly project: ServedProject | undefined;
  readonly body: Buffer;
  readonly view: MessagesView;
  /** Before calibration: what observed usage is compared with. */
  readonly estimate: number;
  readonly facts: RequestFacts;
  readonly agentId: string | undefined;
  /** The conversation it goes on with; undefined: all requests go the same way. */
  readonly turn: Turn | undefined;
  /** Wall clock and monotonic clock, ms. */
  readonly startedAt: number;
  readonly started: number;
}

/** A request before its body was looked at. */
export type RawRequest = Pick<
  MessagesRequest,
  'id' | 'method' | 'path' | 'headers' | 'rawHeaders' | 'principal' | 'project' | 'body' | 'startedAt' | 'started'
>;

/** What facts are read with. */
export interface FactsContext {
  readonly calibration: Calibration;
  readonly conversations: Conversations;
  readonly table: RouteTable;
}

const PLAUSIBLE_ID = /^[\w.:-]{1,128}$/;
const idOf = (value: string | undefined): string | undefined => (value !== undefined && PLAUSIBLE_ID.test(value) ? value : undefined);

/** Reads a body from its bytes; throws CCP_GATEWAY_BODY, the client's 400. */
export function admitBody(body: Buffer): MessagesView {
  const scan = scanMessagesRequest(body);
  if (scan.ok) return scan.view;
  throw errors.CCP_GATEWAY_BODY({ message: scan.message, hint: '', details: { reason: scan.reason } });
}

function turnOf(
  { body, headers, principal }: RawRequest,
  view: MessagesView,
  estimate: number,
  agentId: string | undefined,
  rules: object,
): Turn {
  const sessionId = sessionIdOf(headers, view.metadataUserId);
  const key = conversationKey(body, view, { principal: principalName(principal), sessionId, agentId });
  return { key, session: sessionId !== undefined, rules, model: view.model, messages: view.messages.length, estimate };
}

/** A turn begins with words of the user; what hands over results of tools goes on with one. */
function turnBegins(body: Buffer, { messages }: MessagesView): boolean {
  const { role, toolResult } = readLastMessage(body, messages);
  return role === 'user' && !toolResult;
}

function knownOf(raw: RawRequest, view: MessagesView, turn: Turn | undefined, context: FactsContext): Known | undefined {
  // A compacted conversation begins anew, whatever its first message is (facts page gateways §2).
  if (turn === undefined || headerValue(raw.headers, headerNames.contextCompacted) !== undefined) return undefined;
  return context.conversations.look(turn, context.calibration, () => turnBegins(raw.body, view));
}

/** Everything the pipeline knows of a request once it is admitted. */
export function messagesRequest(raw: RawRequest, context: FactsContext): MessagesRequest {
  const { body, headers, principal, project } = raw;
  const view = admitBody(body);
  const estimate = estimateTokens(view);
  const agentId = idOf(headerValue(headers, headerNames.agentId));
  const set = context.table.main;
  const turn = set.branches ? turnOf(raw, view, estimate, agentId, set) : undefined;
  const known = knownOf(raw, view, turn, context);
  const facts = readFacts(
    {
      body,
      view,
      headers,
      tokens: known?.tokens ?? { estimate: context.calibration.calibrated(view.model, estimate), exact: false, by: 'bytes' },
      project: project?.path,
      user: principal.kind === 'anonymous' ? undefined : principalName(principal),
      at: raw.startedAt,
      previousInput: known?.previousInput,
      conversation: known?.conversation,
    },
    set,
  );
  return { ...raw, view, estimate, facts, agentId, turn };
}
