import { encodeForeignSignature, decodeForeignSignature } from './foreign-signature.js';

/**
 * Ids of searches that Anthropic's servers did not make: it would refuse what stands for the encrypted pages, so such
 * blocks are taken out before an Anthropic API. Its own ids go on with other characters.
 */
export const foreignSearchMark = 'srvtoolu_ccp_';

/** The id of a search within a message; `key` is unique there. */
export const foreignSearchId = (messageId: string, key: string): string =>
  `${foreignSearchMark}${messageId.replace(/[^A-Za-z0-9]/g, '')}_${key.replace(/[^A-Za-z0-9_]/g, '')}`;

/** What stands for the encrypted text of a page: the text itself, so that a model finds it in the next turn. */
export const encodePageText = (family: string, text: string): string => encodeForeignSignature({ family, payload: text });

/** The text of a page; '' for what `encodePageText` did not make. */
export const decodePageText = (encrypted: string): string => decodeForeignSignature(encrypted)?.payload ?? '';
