import type { ShellKind } from '../shell-kind.js';
import { renderBashCompletion } from './bash-completion.js';
import type { CompletionTree } from './completion-tree.js';
import { renderFishCompletion } from './fish-completion.js';
import { renderZshCompletion } from './zsh-completion.js';

export type { CompletionTree } from './completion-tree.js';

/** The completion of one shell: words that are written down here, so that Tab starts nothing. */
export function renderCompletion(shell: Exclude<ShellKind, 'powershell'>, tree: CompletionTree): string {
  const render = { bash: renderBashCompletion, zsh: renderZshCompletion, fish: renderFishCompletion }[shell];
  return render(tree);
}
