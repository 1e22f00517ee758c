import type { RequestClass } from '@ccproxy/config';
import type { Principal } from '@ccproxy/http';
import type { ServedProject } from '@ccproxy/projects';
import type { HeaderFields } from '@ccproxy/providers';
import type { RequestFacts } from '@ccproxy/router';
import { type Calibration, estimateTokens } from '@ccproxy/tokens';
import { headerNames, headerValue, type MessagesView, scanMessagesRequest, sessionIdOf } from '@ccproxy/wire';
import { errors } from './errors.js';

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
  /** Wall clock and monotonic clock, ms. */
  readonly startedAt: number;
  readonly started: number;
}

const CLASSES: ReadonlySet<string> = new Set<RequestClass>(['main', 'subagent', 'workflow', 'compaction', 'auxiliary', 'side_reply']);
const isClass = (value: string | undefined): value is RequestClass => value !== undefined && CLASSES.has(value);
const PLAUSIBLE_ID = /^[\w.:-]{1,128}$/;
const idOf = (value: string | undefined): string | undefined => (value !== undefined && PLAUSIBLE_ID.test(value) ? value : undefined);

/** Reads a body from its bytes; throws CCP_GATEWAY_BODY, the client's 400. */
export function admitBody(body: Buffer): MessagesView {
  const scan = scanMessagesRequest(body);
  if (scan.ok) return scan.view;
  throw errors.CCP_GATEWAY_BODY({ message: scan.message, hint: '', details: { reason: scan.reason } });
}

/** What routing may know of a request: features, never the prompt. */
export function requestFacts(view: MessagesView, headers: HeaderFields, estimate: number, calibration: Calibration): RequestFacts {
  const requestClass = headerValue(headers, headerNames.requestClass);
  return {
    model: view.model,
    class: isClass(requestClass) ? requestClass : undefined,
    agentType: headerValue(headers, headerNames.agentType),
    stream: view.stream,
    tokens: { estimate: calibration.calibrated(view.model, estimate), exact: false },
    sessionId: sessionIdOf(headers, view.metadataUserId),
  };
}

/** Everything the pipeline knows of a request once it is admitted. */
export function messagesRequest(
  raw: Pick<MessagesRequest, 'id' | 'method' | 'path' | 'headers' | 'rawHeaders' | 'principal' | 'project' | 'body' | 'startedAt' | 'started'>,
  calibration: Calibration,
): MessagesRequest {
  const view = admitBody(raw.body);
  const estimate = estimateTokens(view);
  return {
    ...raw,
    view,
    estimate,
    facts: requestFacts(view, raw.headers, estimate, calibration),
    agentId: idOf(headerValue(raw.headers, headerNames.agentId)),
  };
}
