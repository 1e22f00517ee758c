import { hash } from 'node:crypto';
import type { MessagesView } from '@ccproxy/wire';

/** The beginning of the first message tells conversations of one session apart; its end may still change (cache marks move). */
const firstBytes = 256;

/** Who speaks: the same session id of another caller is another conversation. */
export interface Speaker {
  readonly principal: string;
  readonly sessionId: string | undefined;
  readonly agentId: string | undefined;
}

/**
 * Names the conversation a request goes on with: same caller, same session, same agent, same beginning. Requests without tools (titles and the
 * like) are never part of one that has some.
 */
export function conversationKey(body: Buffer, { messages, tools }: MessagesView, { principal, sessionId, agentId }: Speaker): string {
  const [first] = messages;
  const beginning = first === undefined ? Buffer.alloc(0) : body.subarray(first.start, Math.min(first.end, first.start + firstBytes));
  return `${principal} ${sessionId ?? ''} ${agentId ?? ''} ${tools.length > 0 ? 't' : ''} ${hash('sha1', beginning, 'base64')}`;
}
