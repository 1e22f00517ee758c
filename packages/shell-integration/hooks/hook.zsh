# ccproxy hook for zsh, version @VERSION@. Written by `ccproxy shell-integration zsh`; edits are lost.
# Nothing here starts a process or evaluates text; names begin with __ccproxy_ (functions, state) or __c_ (locals).
# A shell reads the first half when it starts, and the second when a project file is met: zsh parses what it comes to only.
[ -n "${ZSH_VERSION-}" ] || return 0
'builtin' 'typeset' '-g' '__ccproxy_alias_option=aliases'
[[ -o aliases ]] || __ccproxy_alias_option=no_aliases
'builtin' 'setopt' 'no_aliases' # an alias of the user must not end up inside the functions
if [[ ${1-} != __ccproxy_rest || ${__ccproxy_build-} != @BUILD@ ]]; then
  builtin typeset -g __ccproxy_build=@BUILD@ __ccproxy_state=@STATE@ __ccproxy_source=${(%):-%x} __ccproxy_loaded='' \
    __ccproxy_kind='' __ccproxy_settled='' __ccproxy_pwd='' __ccproxy_mark='' __ccproxy_origin='' __ccproxy_here='' __ccproxy_file='' __ccproxy_since='' __ccproxy_lost='' __ccproxy_busy='' \
    __ccproxy_half='' __ccproxy_before='' __ccproxy_dir='' __ccproxy_home='' __ccproxy_found='' __ccproxy_now='' __ccproxy_count='' \
    __ccproxy_memo='' __ccproxy_body='' __ccproxy_slot='' __ccproxy_profile='' __ccproxy_again='' __ccproxy_entered='' __ccproxy_left='' __ccproxy_mine='' \
    __ccproxy_notice='' __ccproxy_noted='' __ccproxy_waited='' CCPROXY_PROMPT=''
  builtin typeset -ga __ccproxy_names __ccproxy_values __ccproxy_redo __ccproxy_back __ccproxy_gone
fi

# At every prompt. Nothing changed: one stat outside of projects, four inside, by short paths: each directory on the way counts. The epoch's
# file is as old as the epoch: what was compared since and is not newer is what was compared. No `emulate` here: it costs more than all of it.
# `-nt` is false when one of the two files is missing.
__ccproxy_hook() {
  [[ $PWD == "$__ccproxy_settled" && ! -O $__ccproxy_here && ( -z $__ccproxy_file || ( $__ccproxy_since -nt $__ccproxy_file && -e $__ccproxy_mark ) ) ]] || __ccproxy_prompt
}

# A notice is printed at a prompt, never in the middle of a line; until then no prompt counts as one where nothing changed.
__ccproxy_prompt() {
  [[ $PWD == "$__ccproxy_pwd" && $__ccproxy_kind == d && -e $__ccproxy_mark && ! -O $__ccproxy_here ]] || __ccproxy_look
  [[ -z $__ccproxy_notice ]] || __ccproxy_print
}

__ccproxy_print() {
  if [[ -n ${__p9k_instant_prompt_active-} && -z $__ccproxy_waited ]]; then
    __ccproxy_waited=1 # the instant prompt of powerlevel10k reports whatever is printed before it ends
    __ccproxy_settled='' __ccproxy_kind=''
  else
    builtin printf '%s' "$__ccproxy_notice" >&2
    __ccproxy_notice=
  fi
}

# When the directory changed, and when a prompt finds something changed.
__ccproxy_look() {
  case $- in
    *[aeuvx]*) __ccproxy_guarded ;;
    *) __ccproxy_find ;;
  esac
}

__ccproxy_guarded() {
  emulate -L zsh
  setopt no_all_export no_err_exit no_err_return no_xtrace no_verbose
  __ccproxy_find
}

# Finds the project. Made of what means the same under any option.
__ccproxy_find() {
  # Interrupted, the next prompt looks again: the state of the prompt is set last, and what is half done is known as such.
  __ccproxy_half="$__ccproxy_busy" __ccproxy_busy=1 __ccproxy_kind='' __ccproxy_settled='' __ccproxy_before="$__ccproxy_pwd" __ccproxy_pwd="$PWD" __ccproxy_dir="${PWD%/}" __ccproxy_home="${HOME-}" __ccproxy_found=''
  __ccproxy_here=.ccproxy.yaml __ccproxy_home="${__ccproxy_home%/}"
  # The nearest project file of our own, from $PWD up to $HOME or the root.
  case $__ccproxy_dir/ in
    */../* | */./* | //*) __ccproxy_outside ;;
    *)
      until [[ -z $__ccproxy_dir || $__ccproxy_dir == "$__ccproxy_home" || ( -O $__ccproxy_dir/.ccproxy.yaml && -f $__ccproxy_dir/.ccproxy.yaml ) ]]; do __ccproxy_dir="${__ccproxy_dir%/*}"; done
      if [[ ( -n $__ccproxy_dir && $__ccproxy_dir != "$__ccproxy_home" ) || ( -O $__ccproxy_dir/.ccproxy.yaml && -f $__ccproxy_dir/.ccproxy.yaml ) ]]; then
        __ccproxy_inside
      else
        __ccproxy_outside
      fi
      ;;
  esac
}

__ccproxy_outside() {
  if [[ -z $__ccproxy_half$__ccproxy_lost$__ccproxy_file && -z ${__CCPROXY_SAVED-} ]]; then
    CCPROXY_PROMPT='' __ccproxy_busy='' __ccproxy_kind=o __ccproxy_settled="$PWD"
    [[ -z $__ccproxy_notice ]] || __ccproxy_settled=''
  else
    __ccproxy_depart
  fi
}

# Until the second half is read: reads it and looks again. It is the file of the running version, or of a newer one that then replaces
# all of this.
__ccproxy_inside() { __ccproxy_more; }
__ccproxy_depart() { __ccproxy_more; }
__ccproxy_more() {
  emulate -L zsh
  setopt no_all_export no_err_exit no_err_return no_xtrace no_verbose no_aliases
  local __c_file
  for __c_file in "$__ccproxy_source" "$__ccproxy_state/shell/hook.zsh"; do
    if [[ $__c_file == /* && -f $__c_file && -O $__c_file && -r $__c_file ]]; then
      builtin source "$__c_file" __ccproxy_rest
      if [[ -n $__ccproxy_loaded ]]; then
        __ccproxy_busy=$__ccproxy_half __ccproxy_pwd=$__ccproxy_before
        __ccproxy_find
        return 0
      fi
    fi
  done
  __ccproxy_busy=$__ccproxy_half
}

# Completion: the words lie in a file that is read at the first Tab.
__ccproxy_complete() {
  [[ -r $__ccproxy_state/shell/completion.zsh ]] && builtin source $__ccproxy_state/shell/completion.zsh && __ccproxy_complete_words "$@"
}

# `compinit` may run after this file: asked for again at the first prompt.
__ccproxy_completion() {
  if (( ${+functions[compdef]} )); then compdef __ccproxy_complete ccproxy cc-proxy; fi
  precmd_functions=("${(@)precmd_functions:#__ccproxy_completion}")
}

if [[ ${1-} != __ccproxy_rest ]]; then
  () {
    emulate -L zsh
    typeset -ga precmd_functions chpwd_functions
    precmd_functions=(__ccproxy_hook "${(@)precmd_functions:#__ccproxy_(hook|completion)}" __ccproxy_completion)
    chpwd_functions=(__ccproxy_look "${(@)chpwd_functions:#__ccproxy_look}")
  }

  # `claude` through ccproxy: only when the stub asks for it. Whole in itself: some tools keep this function and lose the others.
  if [[ ${1-} == claude ]]; then
    function claude {
      if [ -n "${CLAUDECODE-}" ] || ! command -v ccproxy >/dev/null 2>&1; then
        command claude "$@"
      else
        if (( ${+functions[__ccproxy_hook]} )); then __ccproxy_hook; fi
        command ccproxy claude -- "$@"
      fi
    }
  fi
  'builtin' 'setopt' "$__ccproxy_alias_option"
  # Not from a file, there is nowhere to read the second half from later: then it goes on.
  [[ $__ccproxy_source != /* ]] || return 0 2>/dev/null
  'builtin' 'setopt' 'no_aliases'
fi

__ccproxy_loaded=1
# One read of a bounded number of bytes, NUL bytes and line ends included; without this module the hook stays out of the way.
zmodload -F zsh/system b:sysread 2>/dev/null || __ccproxy_state=

# What needs no thought is done at once: staying inside, entering what was entered before from the same state, and leaving where nothing was
# changed. The rest is for __ccproxy_slow. Made of what means the same under any option.
__ccproxy_depart() {
  if [[ -z $__ccproxy_half$__ccproxy_lost && -n $__ccproxy_mine && ${__CCPROXY_SAVED-} == "$__ccproxy_mine" && $__ccproxy_before != "$PWD" ]] && __ccproxy_picture && [[ $__ccproxy_now == "$__ccproxy_left" ]]; then
    __ccproxy_file='' CCPROXY_PROMPT=''
    [[ -z ${__ccproxy_back[*]} ]] || builtin typeset -gx -- "${__ccproxy_back[@]}"
    builtin unset -- "${__ccproxy_gone[@]}"
    __ccproxy_busy='' __ccproxy_kind=o __ccproxy_settled="$PWD"
    [[ -z $__ccproxy_notice ]] || __ccproxy_settled=''
  else
    __ccproxy_slow
  fi
}

# Coming back takes one read: the bytes of the project file, against those that were compared with the allowed copy under this very epoch.
__ccproxy_inside() {
  __ccproxy_found="$__ccproxy_dir/.ccproxy.yaml"
  if [[ -n $__ccproxy_half || ! -e $__ccproxy_mark ]]; then
    __ccproxy_slow
  elif [[ $__ccproxy_found == "$__ccproxy_file" && $__ccproxy_since -nt $__ccproxy_found ]]; then
    [[ ${PWD%/} != "$__ccproxy_dir" ]] || __ccproxy_here=''
    __ccproxy_busy='' __ccproxy_kind=i __ccproxy_settled="$PWD"
    [[ -z $__ccproxy_notice ]] || __ccproxy_settled=''
  elif [[ -n $__ccproxy_again && -z ${__CCPROXY_SAVED-} && $__ccproxy_memo == "$__ccproxy_mark $__ccproxy_dir" && -r $__ccproxy_found ]] && __ccproxy_now='' &&
    { sysread -s 65536 -c __ccproxy_count __ccproxy_now <"$__ccproxy_found" || [[ $? == 5 ]]; } && [[ $__ccproxy_count != 65536 && $__ccproxy_now == "$__ccproxy_body" ]] && __ccproxy_picture && [[ $__ccproxy_now == "$__ccproxy_entered" ]]; then
    builtin typeset -gx -- "${__ccproxy_redo[@]}"
    [[ ${PWD%/} != "$__ccproxy_dir" ]] || __ccproxy_here=''
    __ccproxy_file="$__ccproxy_found" __ccproxy_noted='' CCPROXY_PROMPT="$__ccproxy_profile" __ccproxy_busy='' __ccproxy_kind=i __ccproxy_settled="$PWD"
    [[ -z $__ccproxy_notice ]] || __ccproxy_settled=''
  else
    __ccproxy_slow
  fi
}

# All that may be set, as one text: what kind of variable it is (nothing when it is unset), its length and value.
__ccproxy_picture() {
  __ccproxy_now="${(t)ANTHROPIC_BASE_URL}${#ANTHROPIC_BASE_URL}:${ANTHROPIC_BASE_URL-},${(t)CCPROXY_PROFILE}${#CCPROXY_PROFILE}:${CCPROXY_PROFILE-},${(t)ANTHROPIC_CUSTOM_HEADERS}${#ANTHROPIC_CUSTOM_HEADERS}:${ANTHROPIC_CUSTOM_HEADERS-},${(t)NO_PROXY}${#NO_PROXY}:${NO_PROXY-},${(t)no_proxy}${#no_proxy}:${no_proxy-},${(t)ENABLE_TOOL_SEARCH}${#ENABLE_TOOL_SEARCH}:${ENABLE_TOOL_SEARCH-},${(t)CLAUDE_CODE_GATEWAY_HINT_HEADERS}${#CLAUDE_CODE_GATEWAY_HINT_HEADERS}:${CLAUDE_CODE_GATEWAY_HINT_HEADERS-},${(t)CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY}${#CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY}:${CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY-}"
}

# Decides anew: which project, allowed or not, daemon there or not; then leaves, stays or enters.
__ccproxy_slow() {
  emulate -L zsh
  setopt no_all_export no_err_exit no_err_return no_xtrace no_verbose no_aliases
  [[ -n $__ccproxy_state ]] || return 0
  local __c_dir=$__ccproxy_dir __c_file=$__ccproxy_found __c_verdict=outside __c_kept='' __c_reason='' __c_half=$__ccproxy_half __c_kind=''
  if [[ -z $__c_file ]]; then
    __c_dir=
  else
    [[ -e $__ccproxy_mark ]] || __ccproxy_epoch
    __ccproxy_judge
    [[ $__c_verdict != allowed || -n $__ccproxy_origin ]] || __c_verdict=stopped
    [[ $__c_verdict != allowed || -n $__ccproxy_memo ]] || __ccproxy_load
  fi

  if [[ $__c_verdict == allowed ]]; then
    if [[ -z ${__CCPROXY_SAVED-} ]]; then
      __ccproxy_enter
    elif [[ -n $__c_half ]] || ! __ccproxy_same; then
      __ccproxy_leave
      __ccproxy_enter
    fi
    __ccproxy_file=$__c_file __ccproxy_since=$__ccproxy_state/shell/epoch __ccproxy_noted='' CCPROXY_PROMPT=$__ccproxy_profile
  else
    # A project file that vanished may come back, with another branch: it is looked for at every prompt in this directory.
    [[ $__c_verdict != outside || -z $__ccproxy_file || $__ccproxy_before != "$PWD" ]] || __ccproxy_lost=$PWD
    __ccproxy_file='' CCPROXY_PROMPT=''
    [[ -z ${__CCPROXY_SAVED-} ]] || __ccproxy_leave
  fi
  case $__c_verdict in
    outside | denied)
      if [[ $__ccproxy_lost != "$PWD" ]]; then __ccproxy_lost='' __c_kind=o; fi
      if [[ $__c_verdict == denied && -n $__c_kind ]]; then
        __c_kind=d
        [[ ${PWD%/} != "$__c_dir" ]] || __ccproxy_here=
      fi
      ;;
    allowed)
      [[ ${PWD%/} != "$__c_dir" ]] || __ccproxy_here=
      __c_kind=i
      ;;
    stopped) CCPROXY_PROMPT=off __c_reason='is allowed, but no daemon runs: ccproxy start' ;;
    new) CCPROXY_PROMPT='?' __c_reason='has a .ccproxy.yaml that is not allowed: read it, then run ccproxy allow there' ;;
    changed) CCPROXY_PROMPT='?' __c_reason='has a .ccproxy.yaml that is not the one you allowed: read it, then run ccproxy allow there' ;;
    *) __c_kind=d CCPROXY_PROMPT='?' __c_reason='has an entry this hook cannot use: run ccproxy allow there again' ;;
  esac
  __ccproxy_busy=
  [[ -z $__c_reason ]] || __ccproxy_note "$__c_reason"
  [[ -z $__ccproxy_notice ]] || __c_kind=
  __ccproxy_kind=$__c_kind
  [[ $__c_kind != [oi] ]] || __ccproxy_settled=$PWD
}

# The current epoch: sets __ccproxy_mark, and __ccproxy_origin when a daemon serves.
__ccproxy_epoch() {
  local __c_body='' __c_count
  local -a __c_fields
  __ccproxy_mark='' __ccproxy_origin=''
  [[ -O $__ccproxy_state/shell/epoch && -f $__ccproxy_state/shell/epoch && -r $__ccproxy_state/shell/epoch ]] || return 0
  sysread -s 256 -c __c_count __c_body <$__ccproxy_state/shell/epoch || return 0
  __c_fields=("${(@s: :)${__c_body%%$'\n'*}}")
  [[ ${#__c_fields} -ge 5 && $__c_fields[1] == 1 && -n $__c_fields[2] && $__c_fields[2] != *[^a-z0-9]* ]] || return 0
  # A dangling mark is a killed daemon's: no mark is remembered, and the epoch is read again at the next prompt.
  [[ -e $__ccproxy_state/shell/epoch.$__c_fields[2] ]] || return 0
  __ccproxy_mark=$__ccproxy_state/shell/epoch.$__c_fields[2]
  [[ -n $__c_fields[4] && $__c_fields[4] != *[^0-9]* && $__c_fields[4] != 0 && ${#__c_fields[4]} -le 5 ]] || return 0
  case $__c_fields[3] in
    4) __ccproxy_origin=http://127.0.0.1:$__c_fields[4] ;;
    6) __ccproxy_origin="http://[::1]:$__c_fields[4]" ;;
  esac
}

# Compares the project file with the allowed copies, byte for byte: sets __c_verdict and __ccproxy_slot. What was read of the tree holds
# until the epoch changes, so that coming back to the project reads the project file only.
__ccproxy_judge() {
  local __c_entry=$__ccproxy_state/env$__c_dir __c_body='' __c_live='' __c_count=0 __c_n
  # An empty file ends at once (status 5); a whole buffer means more than an allowed file may hold.
  if [[ -r $__c_file ]]; then
    sysread -s 65536 -c __c_count __c_live <$__c_file || (( $? == 5 )) || __c_count=65536
  else
    __c_count=65536
  fi
  if [[ -n $__ccproxy_memo && $__ccproxy_memo == "$__ccproxy_mark $__c_dir" ]] && (( __c_count < 65536 )) && [[ $__c_live == "$__ccproxy_body" ]]; then
    __c_verdict=allowed
    return 0
  fi
  __ccproxy_memo='' __ccproxy_again='' __c_verdict=new
  [[ -O $__c_entry/.ccproxy-env && -f $__c_entry/.ccproxy-env && -r $__c_entry/.ccproxy-env ]] || return 0
  __c_verdict=denied
  [[ -s $__c_entry/.ccproxy-env ]] || return 0
  __c_verdict=changed
  (( __c_count < 65536 )) || return 0
  [[ $__c_live != *$'\0'* ]] || return 0
  for __c_n in 0 1 2 3 4 5 6 7; do
    [[ -O $__c_entry/.ccproxy-trusted.$__c_n && -f $__c_entry/.ccproxy-trusted.$__c_n && -r $__c_entry/.ccproxy-trusted.$__c_n ]] || return 0
    __c_body=''
    sysread -s 65536 -c __c_count __c_body <$__c_entry/.ccproxy-trusted.$__c_n || :
    if [[ $__c_body == "$__c_live" ]]; then
      __c_verdict=allowed __ccproxy_slot=$__c_n __ccproxy_body=$__c_live
      return 0
    fi
  done
}

# Reads the records that hold for the matched content: fills __ccproxy_names and __ccproxy_values with what may be set.
__ccproxy_load() {
  local __c_body='' __c_record __c_block='' __c_k __c_v __c_count
  local -a __c_records
  __c_verdict=unusable __ccproxy_names=() __ccproxy_values=() __ccproxy_profile=on __ccproxy_again=''
  sysread -s 65536 -c __c_count __c_body <$__ccproxy_state/env$__c_dir/.ccproxy-env || return 0
  __c_records=("${(@0)__c_body}")
  [[ $__c_records[1] == 1 && ${#__c_records} -le 256 ]] || return 0
  for __c_record in "${(@)__c_records}"; do
    __c_k=${__c_record%%\=*} __c_v=${__c_record#*\=}
    [[ $__c_k != @* ]] || __c_block=${__c_k#@}
    [[ -z $__c_block || $__c_block == "$__ccproxy_slot" ]] || continue
    [[ -n $__c_v ]] || continue
    case $__c_k in
      ANTHROPIC_BASE_URL)
        [[ $__c_v == /p/?* && ${__c_v#/p/} != *[^A-Za-z0-9_-]* && ${#__c_v} -le 67 ]] || continue
        __c_v=$__ccproxy_origin$__c_v __c_verdict=allowed
        ;;
      CCPROXY_PROFILE)
        [[ $__c_v != *[^A-Za-z0-9._-]* && ${#__c_v} -le 64 ]] || continue
        __ccproxy_profile=$__c_v
        ;;
      ANTHROPIC_CUSTOM_HEADERS) [[ $__c_v == 'x-ccproxy-token: '?* && ${__c_v#x-ccproxy-token: } != *[^A-Za-z0-9._-]* && ${#__c_v} -le 273 ]] || continue ;;
      NO_PROXY | no_proxy) [[ $__c_v != *[^A-Za-z0-9.,:-]* && ${#__c_v} -le 256 ]] || continue ;;
      ENABLE_TOOL_SEARCH | CLAUDE_CODE_GATEWAY_HINT_HEADERS | CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY) [[ $__c_v != *[^A-Za-z0-9]* && ${#__c_v} -le 16 ]] || continue ;;
      *) continue ;;
    esac
    if (( ! ${__ccproxy_names[(Ie)$__c_k]} )); then __ccproxy_names+=("$__c_k") __ccproxy_values+=(''); fi
    __ccproxy_values[${__ccproxy_names[(Ie)$__c_k]}]=$__c_v
  done
  [[ $__c_verdict != allowed ]] || __ccproxy_memo="$__ccproxy_mark $__c_dir"
}

# The value for __c_k when the user's own is $1: some lists are joined, the others replaced. Sets __c_v.
__ccproxy_join() {
  [[ -n $1 ]] || return 0
  case $__c_k in
    ANTHROPIC_CUSTOM_HEADERS) __c_v=$1$'\n'$__c_v ;;
    NO_PROXY | no_proxy) __c_v=$1,$__c_v ;;
  esac
}

# Whether this project is active already with exactly these values (also when a parent shell activated it).
__ccproxy_same() {
  local __c_i __c_rest=${__CCPROXY_SAVED-}
  [[ ${__CCPROXY_ROOT-} == "$__c_dir/" && $__c_rest == '2|'* ]] || return 1
  __c_rest=${__c_rest#2\|}
  for (( __c_i = 1; __c_i <= ${#__ccproxy_names}; __c_i++ )); do
    [[ ${__c_rest%%\|*} == "$__ccproxy_names[__c_i]="[uxnk]"=$__ccproxy_values[__c_i]" ]] || return 1
    __c_rest=${__c_rest#*\|}
  done
  [[ -z $__c_rest ]]
}

# Sets the variables. __CCPROXY_SAVED remembers for each what was there (u unset, x exported, n not exported, k the user's own and left
# alone) and what we put there. All in one `typeset`: what was there and the record of it come first, so that an interruption finds nothing
# set that is not recorded.
__ccproxy_enter() {
  local __c_i=0 __c_k __c_v __c_flag __c_saved='2|'
  local -a __c_was __c_set __c_back __c_gone
  __ccproxy_picture
  __ccproxy_entered=$__ccproxy_now
  for __c_k in "${(@)__ccproxy_names}"; do
    __c_v=$__ccproxy_values[++__c_i] __c_flag=k
    if [[ -z $__c_kept || $__c_kept != *:$__c_k:* ]]; then
      case ${(Pt)__c_k} in
        '') __c_flag=u __c_gone+=($__c_k) ;;
        scalar-export) __c_flag=x __c_was+=("__CCPROXY_OLD_$__c_k=${(P)__c_k}") __c_back+=("$__c_k=${(P)__c_k}") __c_gone+=(__CCPROXY_OLD_$__c_k) ;;
        scalar)
          __c_flag=n
          builtin typeset -g -- "__ccproxy_old_$__c_k=${(P)__c_k}"
          ;;
      esac
    fi
    __c_saved+="$__c_k=$__c_flag=$__c_v|"
    [[ $__c_flag != k ]] || continue
    [[ $__c_flag != x ]] || __ccproxy_join "${(P)__c_k}"
    __c_set+=("$__c_k=$__c_v")
  done
  __ccproxy_redo=("__CCPROXY_ROOT=$__c_dir/" "${(@)__c_was}" "__CCPROXY_SAVED=$__c_saved" "${(@)__c_set}")
  builtin typeset -gx -- "${(@)__ccproxy_redo}"
  __ccproxy_again='' __ccproxy_mine=''
  [[ $__c_saved != *=[nk]=* ]] || return 0
  __ccproxy_back=("${(@)__c_back}") __ccproxy_gone=($__c_gone __CCPROXY_ROOT __CCPROXY_SAVED)
  __ccproxy_picture
  __ccproxy_left=$__ccproxy_now __ccproxy_mine=$__c_saved __ccproxy_again=$__ccproxy_memo
}

# Puts back what was there; a variable the user changed meanwhile keeps the user's value.
__ccproxy_leave() {
  local __c_k __c_v __c_flag __c_old __c_local __c_changed=''
  local -a __c_gone __c_back
  [[ ${__CCPROXY_SAVED-} == '2|'* ]] || return 0
  for __c_k in ANTHROPIC_BASE_URL CCPROXY_PROFILE ANTHROPIC_CUSTOM_HEADERS NO_PROXY no_proxy ENABLE_TOOL_SEARCH CLAUDE_CODE_GATEWAY_HINT_HEADERS CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY; do
    [[ $__CCPROXY_SAVED == *"|$__c_k="[uxnk]=* ]] || continue
    __c_v=${__CCPROXY_SAVED#*"|$__c_k="}
    __c_flag=${__c_v%%\=*} __c_v=${__c_v#*\=}
    __c_v=${__c_v%%\|*} __c_old=__CCPROXY_OLD_$__c_k __c_local=__ccproxy_old_$__c_k
    if [[ $__c_flag == k ]]; then
      [[ ${__CCPROXY_ROOT-} != "$__c_dir/" ]] || __c_kept=$__c_kept:$__c_k:
      continue
    fi
    __c_gone+=($__c_old $__c_local)
    [[ $__c_flag != x ]] || __ccproxy_join "${(P)__c_old-}"
    if (( ${(P)+__c_k} )) && [[ ${(P)__c_k} == "$__c_v" && ${(Pt)__c_k} != *readonly* ]]; then
      case $__c_flag:${(P)+__c_old}:${(P)+__c_local} in
        x:1:*) __c_back+=("$__c_k=${(P)__c_old}") ;;
        n:*:1)
          builtin unset -- $__c_k
          builtin typeset -g -- "$__c_k=${(P)__c_local}"
          ;;
        *) __c_gone+=($__c_k) ;;
      esac
    elif [[ -n ${__c_half-} && ${(P)__c_k-} == "${(P)__c_old-}${(P)__c_local-}" ]]; then
      : # entering was interrupted before it was set
    else
      __c_changed+=" $__c_k"
      [[ ${__CCPROXY_ROOT-} != "$__c_dir/" ]] || __c_kept=$__c_kept:$__c_k:
    fi
  done
  (( ! ${#__c_back} )) || builtin typeset -gx -- "${(@)__c_back}"
  builtin unset -- $__c_gone __CCPROXY_ROOT __CCPROXY_SAVED
  [[ -z $__c_changed ]] || __ccproxy_notice+="ccproxy: kept your own value of$__c_changed"$'\n'
}

# Queues one sentence about the project, once per project and reason; it is printed at the next prompt, never in the middle of a line.
__ccproxy_note() {
  local __c_line="ccproxy: ${(q+)${(V)${__c_dir:-/}}} $1"$'\n'
  [[ $__ccproxy_noted != *"$__c_line"* ]] || return 0
  (( ${#__ccproxy_noted} <= 8192 )) || __ccproxy_noted=
  __ccproxy_noted+=$__c_line __ccproxy_notice+=$__c_line
}

'builtin' 'setopt' "$__ccproxy_alias_option"
