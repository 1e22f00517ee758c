import type { MediaSource } from '../request/conversation.js';

/** Media as one address: its own, or a data URL. */
export const addressOf = (source: MediaSource): string =>
  source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
