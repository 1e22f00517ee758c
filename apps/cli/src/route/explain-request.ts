import type { Config } from '@ccproxy/config';
import { compileRoutes, explain, type Plan, readFacts, type Refusal, type RequestFacts } from '@ccproxy/router';
import { estimateTokens } from '@ccproxy/tokens/estimate-tokens';
import { scanMessagesRequest } from '@ccproxy/wire';
import { errors } from '../errors.js';
import type { RequestFile } from './read-request-file.js';

/** What a configuration does with a request, and what it knows of it. */
export interface ExplainedRequest {
  readonly facts: RequestFacts;
  readonly decision: Plan | Refusal;
}

/** Where a request comes from, as the daemon would know it. */
export interface Origin {
  readonly project: string | undefined;
  /** ms since the epoch */
  readonly now: number;
}

/**
 * Decides a request as a daemon with this configuration would, without one: with the estimate of its tokens, with no conversation before it,
 * and without asking routing modules. @throws CCP_USAGE when the body is no Messages request
 */
export function explainRequest({ body, headers }: RequestFile, config: Config, { project, now }: Origin): ExplainedRequest {
  const scan = scanMessagesRequest(body);
  if (!scan.ok) throw errors.CCP_USAGE({ message: `The file is not a Messages request: ${scan.message}` });
  const table = compileRoutes(config, { zone: Intl.DateTimeFormat().resolvedOptions().timeZone });
  const tokens = { estimate: estimateTokens(scan.view), exact: false, by: 'bytes' } as const;
  const read = readFacts({ body, view: scan.view, headers, tokens, project, user: undefined, at: now }, table.main);
  const unasked = { failed: 'modules are asked by the daemon only' };
  const facts = { ...read, custom: Object.fromEntries([...table.modules.keys()].map((name) => [name, unasked])) };
  return { facts, decision: explain(facts, table) };
}
