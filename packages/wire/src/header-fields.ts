/** Header names in lower case, as Node gives them (`IncomingHttpHeaders` fits). */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Names, in lower case, of the headers the gateway reads or writes (claude-code-client.md §2.2, gateways.md §2). */
export const headerNames = {
  sessionId: 'x-claude-code-session-id',
  agentId: 'x-claude-code-agent-id',
  parentAgentId: 'x-claude-code-parent-agent-id',
  /** main | subagent | workflow | compaction | auxiliary | side_reply; sent with hint headers on. */
  requestClass: 'x-claude-code-request-class',
  firstPartyRequestClass: 'x-claude-1p-request-class',
  /** Explore, Plan, general-purpose, custom, teammate, fork. */
  agentType: 'x-claude-code-agent-type',
  promptId: 'x-claude-code-prompt-id',
  compaction: 'x-claude-code-compaction',
  contextCompacted: 'x-claude-code-context-compacted',
  prevToolDurations: 'x-claude-code-prev-tool-durations',
  anthropicBeta: 'anthropic-beta',
  anthropicVersion: 'anthropic-version',
  requestId: 'request-id',
  retryAfter: 'retry-after',
  shouldRetry: 'x-should-retry',
  ccproxyToken: 'x-ccproxy-token',
  ccproxyRequestId: 'x-ccproxy-request-id',
  ccproxyRoute: 'x-ccproxy-route',
  ccproxyTarget: 'x-ccproxy-target',
  ccproxyAttempts: 'x-ccproxy-attempts',
  ccproxyDropped: 'x-ccproxy-dropped',
} as const;

/** The first value of a header; `name` in lower case. */
export function headerValue(headers: HeaderFields, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === 'string' ? value : value?.[0];
}
