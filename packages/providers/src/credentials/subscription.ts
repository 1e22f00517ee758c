import { isLoopback } from '../egress.js';

/** Tokens of a claude.ai login (facts page claude-code-client §7); API keys have another kind in their third part. */
const loginToken = /^sk-ant-oat/i;

/** Whether a value is the token of a login of a person. */
export const isSubscriptionToken = (value: string): boolean => loginToken.test(value);

/** Whether an Authorization header carries such a token. */
export const isSubscriptionHeader = (authorization: unknown): boolean =>
  typeof authorization === 'string' && /^bearer\s+sk-ant-oat/i.test(authorization);

export const isAnthropicHost = (hostname: string): boolean => hostname === 'anthropic.com' || hostname.endsWith('.anthropic.com');

/** Whether a host may be given such a token at all: Anthropic's, and what runs on this machine. */
export const mayHaveSubscription = (hostname: string): boolean => isAnthropicHost(hostname) || isLoopback(hostname);
