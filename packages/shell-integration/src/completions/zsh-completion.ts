import { quoteForShell } from '../quote-for-shell.js';
import type { CompletionTree, CompletionWord } from './completion-tree.js';

const described = (words: readonly CompletionWord[]): string =>
  words.map(({ word, about }) => quoteForShell('zsh', `${word}:${about.replaceAll('\\', '').replaceAll(':', '\\:')}`)).join(' ');

/** `__ccproxy_complete_words` for zsh's completion system: builtins only. */
export function renderZshCompletion(tree: CompletionTree): string {
  const paths = tree.filter(({ path }) => path !== '').map(({ path }) => quoteForShell('zsh', ` ${path}`));
  return `# Completion of ccproxy for zsh. Written by \`ccproxy shell-integration zsh\`; edits are lost.
__ccproxy_complete_words() {
  emulate -L zsh
  local __c_path='' __c_word
  local -a __c_words __c_flags
  for __c_word in "\${(@)words[2,CURRENT-1]}"; do
    [[ $__c_word != -- ]] || { _files; return }
    case "$__c_path $__c_word" in (${paths.join('|')}) __c_path="$__c_path $__c_word" ;; esac
  done
  case $__c_path in
${tree.map(({ path, words, flags }) => `    (${quoteForShell('zsh', path === '' ? '' : ` ${path}`)}) __c_words=(${described(words)}) __c_flags=(${described(flags)}) ;;`).join('\n')}
  esac
  [[ $PREFIX != -* ]] || __c_words=("\${(@)__c_flags}")
  if (( \${#__c_words} )); then _describe ccproxy __c_words; else _files; fi
}
`;
}
