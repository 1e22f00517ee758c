import { blocksOf, isBlank, textOf } from './block-members.js';

/** Claude Code's attribution: it differs per session, which would defeat the provider's prefix cache (row 4). */
const attribution = 'x-anthropic-billing-header';

/** Texts of `system` in order, without empty ones and without the attribution block. */
export const readSystem = (system: unknown): string[] =>
  blocksOf(system, 'system').flatMap((block) => {
    const text = textOf(block, 'text');
    return isBlank(text) || text.trimStart().startsWith(attribution) ? [] : [text];
  });
