import { quoteForShell } from '../quote-for-shell.js';
import type { TestedShell } from './test-world.js';

/** The names a step of a script looks at. */
const watchedNames = [
  'ANTHROPIC_BASE_URL',
  'ANTHROPIC_CUSTOM_HEADERS',
  'NO_PROXY',
  'no_proxy',
  'CCPROXY_PROFILE',
  'ENABLE_TOOL_SEARCH',
  'CLAUDE_CODE_GATEWAY_HINT_HEADERS',
  'CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY',
  '__CCPROXY_SAVED',
  '__CCPROXY_ROOT',
] as const;

/** Steps of a script in the language of one shell. `prompt` runs what the shell runs before a prompt. */
export interface ScriptWords {
  readonly shell: TestedShell;
  readonly quote: (text: string) => string;
  readonly source: (file: string, argument?: string) => string;
  readonly prompt: string;
  readonly cd: (directory: string) => string;
  readonly set: (name: string, value: string) => string;
  readonly setLocal: (name: string, value: string) => string;
  readonly unset: (name: string) => string;
  /** Prints the watched variables under a label: for `readSnapshots`. */
  readonly show: (label: string) => string;
}

const prelude: Readonly<Record<TestedShell, string>> = {
  bash: `__t_return() { return $1; }
__t_prompt() { local __t_status=$? c; for c in "\${PROMPT_COMMAND[@]-}"; do if [[ -n $c ]]; then __t_return $__t_status; eval "$c"; fi; done; return $__t_status; }
__t_show() { local n s; printf '@%s\\0' "$1" >&9; for n in ${watchedNames.join(' ')}; do s=unset; if [[ -n \${!n+x} ]]; then s=plain; [[ \${!n@a} == *x* ]] && s=exported; fi; printf '%s\\0%s\\0%s\\0' "$n" "$s" "\${!n-}" >&9; done; printf 'CCPROXY_PROMPT\\0plain\\0%s\\0' "\${CCPROXY_PROMPT-}" >&9; }`,
  zsh: `__t_prompt() { local __t_status=$? f; for f in $precmd_functions; do $f; done; return $__t_status }
__t_show() { emulate -L zsh; local n s; printf '@%s\\0' "$1" >&9; for n in ${watchedNames.join(' ')}; do s=unset; if (( \${(P)+n} )); then s=plain; [[ \${(Pt)n} == *export* ]] && s=exported; fi; printf '%s\\0%s\\0%s\\0' "$n" "$s" "\${(P)n-}" >&9; done; printf 'CCPROXY_PROMPT\\0plain\\0%s\\0' "\${CCPROXY_PROMPT-}" >&9; }`,
  fish: `function __t_prompt; set -l __t_status $status; emit fish_prompt; return $__t_status; end
function __t_show; printf '@%s\\0' $argv[1] >&9; for n in ${watchedNames.join(' ')}; set -l s unset; if set -q $n; set s plain; set -qx $n; and set s exported; end; printf '%s\\0%s\\0%s\\0' $n $s "$$n" >&9; end; printf 'CCPROXY_PROMPT\\0plain\\0%s\\0' "$CCPROXY_PROMPT" >&9; end`,
};

/** The words of a shell. Snapshots go to file descriptor 9. */
export function scriptWords(shell: TestedShell): ScriptWords {
  const quote = (text: string): string => quoteForShell(shell, text);
  const fish = shell === 'fish';
  return {
    shell,
    quote,
    source: (file, argument = '') => `${fish ? 'source' : '.'} ${quote(file)} ${argument}`.trimEnd(),
    prompt: '__t_prompt',
    cd: (directory) => `cd ${fish ? '' : '-- '}${quote(directory)}`,
    set: (name, value) => (fish ? `set -gx ${name} ${quote(value)}` : `export ${name}=${quote(value)}`),
    setLocal: (name, value) =>
      fish ? `set -gu ${name} ${quote(value)}` : `${shell === 'zsh' ? 'typeset -g ' : ''}${name}=${quote(value)}`,
    unset: (name) => (fish ? `set -e ${name}` : `unset ${name}`),
    show: (label) => `__t_show ${quote(label)}`,
  };
}

export const scriptPrelude = (shell: TestedShell): string => prelude[shell];

/** One look at the watched variables: `unset`, `plain:value` or `exported:value` by name. */
export type Snapshot = Readonly<Record<string, string>>;

export function readSnapshots(bytes: string): ReadonlyMap<string, Snapshot> {
  const snapshots = new Map<string, Record<string, string>>();
  const fields = bytes.split('\0');
  let current: Record<string, string> = {};
  for (let index = 0; index < fields.length;) {
    const field = fields[index] ?? '';
    if (field.startsWith('@')) {
      current = {};
      snapshots.set(field.slice(1), current);
      index += 1;
    } else {
      const state = fields[index + 1] ?? '';
      if (field !== '') current[field] = state === 'unset' ? 'unset' : `${state}:${fields[index + 2] ?? ''}`;
      index += 3;
    }
  }
  return snapshots;
}
