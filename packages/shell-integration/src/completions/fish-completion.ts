import { quoteForShell } from '../quote-for-shell.js';
import type { CompletionTree, CompletionWord } from './completion-tree.js';

const lines = (words: readonly CompletionWord[]): string =>
  words.map(({ word, about }) => ` ${quoteForShell('fish', about === '' ? word : `${word}\t${about}`)}`).join('');

/** `__ccproxy_complete_words` for fish: prints one word and its description per line; builtins only. */
export function renderFishCompletion(tree: CompletionTree): string {
  const paths = tree.filter(({ path }) => path !== '').map(({ path }) => quoteForShell('fish', ` ${path}`));
  return `# Completion of ccproxy for fish. Written by \`ccproxy shell-integration fish\`; edits are lost.
function __ccproxy_complete_words
    set -l __c_path
    set -l __c_current (commandline -ct)
    set -l __c_before (commandline -opc)
    for __c_word in $__c_before[2..-1]
        test $__c_word = --
        and return
        switch "$__c_path $__c_word"
            case ${paths.join(' ')}
                set __c_path "$__c_path $__c_word"
        end
    end
    switch "$__c_path:$__c_current"
${tree
  .flatMap(({ path, words, flags }) => [
    `        case ${quoteForShell('fish', `${path === '' ? '' : ` ${path}`}:-*`)}`,
    `            builtin printf '%s\\n'${lines(flags)}`,
    `        case ${quoteForShell('fish', `${path === '' ? '' : ` ${path}`}:*`)}`,
    `            builtin printf '%s\\n'${lines(words)}`,
  ])
  .join('\n')}
    end
end
`;
}
