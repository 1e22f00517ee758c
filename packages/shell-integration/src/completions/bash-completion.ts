import { quoteForShell } from '../quote-for-shell.js';
import type { CompletionTree, CompletionWord } from './completion-tree.js';

const list = (words: readonly CompletionWord[]): string => words.map(({ word }) => word).join(' ');

/** `__ccproxy_complete_words` for bash: builtins only. */
export function renderBashCompletion(tree: CompletionTree): string {
  const paths = tree.filter(({ path }) => path !== '').map(({ path }) => quoteForShell('bash', ` ${path}`));
  return `# Completion of ccproxy for bash. Written by \`ccproxy shell-integration bash\`; edits are lost.
# shellcheck shell=bash
__ccproxy_complete_words() {
  local __c_current=\${COMP_WORDS[COMP_CWORD]} __c_path='' __c_index __c_word __c_words='' __c_flags='' IFS=' '
  for ((__c_index = 1; __c_index < COMP_CWORD; __c_index++)); do
    __c_word=\${COMP_WORDS[__c_index]}
    if [[ $__c_word == -- ]]; then return 0; fi
    case "$__c_path $__c_word" in ${paths.join(' | ')}) __c_path="$__c_path $__c_word" ;; esac
  done
  case $__c_path in
${tree.map(({ path, words, flags }) => `    ${quoteForShell('bash', path === '' ? '' : ` ${path}`)}) __c_words=${quoteForShell('bash', list(words))} __c_flags=${quoteForShell('bash', list(flags))} ;;`).join('\n')}
  esac
  if [[ $__c_current == -* ]]; then __c_words=$__c_flags; fi
  COMPREPLY=()
  for __c_word in $__c_words; do
    if [[ $__c_word == "$__c_current"* ]]; then COMPREPLY+=("$__c_word"); fi
  done
}
`;
}
