import type { LegacyFacts, RequestFacts } from '../request-facts.js';

const testLegacy = (rest: Partial<LegacyFacts> = {}): LegacyFacts => ({
  thinking: 'absent',
  lastUserImage: false,
  textTokens: { estimate: 500, exact: true },
  statedTokens: 0,
  toolNames: ['Bash'],
  ...rest,
});

/** Facts of a small request of which everything is known. */
export const testFacts = (rest: Partial<RequestFacts> = {}): RequestFacts => ({
  model: 'claude-opus-5-5',
  class: 'subagent',
  agentType: 'Explore',
  stream: true,
  tokens: { estimate: 12_000, exact: false },
  sessionId: 'ses-1',
  thinking: { type: 'enabled', budget: 10_000 },
  declaredTools: ['Bash', 'mcp__github__search'],
  usedTools: ['Read'],
  forcedTool: null,
  serverTools: ['web_search_20250305'],
  image: false,
  matches: { 'system *secret*': true, 'system *public*': false, 'header x-team a*': true, 'header x-team b*': false },
  project: '/home/ann/shop',
  user: 'run-7',
  at: Date.UTC(2026, 10, 20, 21, 30),
  custom: {},
  legacy: testLegacy(),
  selectorTag: null,
  ...rest,
});
