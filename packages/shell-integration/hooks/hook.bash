# ccproxy hook for bash, version @VERSION@. Written by `ccproxy shell-integration bash`; edits are lost.
# shellcheck shell=bash disable=SC2034
# Nothing here starts a process or evaluates text; names begin with __ccproxy_ (functions, state) or __c_ (locals).
# A shell reads the first half when it starts, and the second when a project file is met: bash parses what it comes to only.
case ${BASH_VERSION-} in '' | [12].* | 3.[01].*) return 0 ;; esac
__ccproxy_aliases=
if \shopt -q expand_aliases; then
  __ccproxy_aliases=1
  \shopt -u expand_aliases # an alias of the user must not end up inside the functions
fi
if [[ ${1-} != __ccproxy_rest || ${__ccproxy_build-} != @BUILD@ ]]; then
  __ccproxy_build=@BUILD@ __ccproxy_state=@STATE@ __ccproxy_source=${BASH_SOURCE[0]-} __ccproxy_loaded=''
  __ccproxy_modern=0 # 4.4: attributes of a variable and options local to a function, both without a process
  if ((BASH_VERSINFO[0] > 4 || (BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 4))); then __ccproxy_modern=1; fi
  __ccproxy_kind='' __ccproxy_quiet='' __ccproxy_active='' __ccproxy_usual='' __ccproxy_pwd='' __ccproxy_mark='' __ccproxy_origin='' __ccproxy_here='' __ccproxy_file='' __ccproxy_since='' __ccproxy_lost='' __ccproxy_busy=''
  __ccproxy_memo='' __ccproxy_body='' __ccproxy_slot='' __ccproxy_profile='' __ccproxy_again='' __ccproxy_entered='' __ccproxy_left='' __ccproxy_mine=''
  __ccproxy_names=() __ccproxy_values=() __ccproxy_redo=() __ccproxy_back=() __ccproxy_gone=()
  __ccproxy_notice='' __ccproxy_noted='' CCPROXY_PROMPT=''
fi

# At every prompt. Nothing changed: one stat outside of projects, five inside. What is looked at: the directory, the epoch's mark, the file
# that was compared, and whether another one of ours appeared. The epoch's file is as old as the epoch: what was compared since and is not
# newer is what was compared. bash copies a function each time it is called: small ones are the quick ones,
# and what is rare stands in a function of its own.
__ccproxy_hook() {
  case $?$-$PWD in
    "$__ccproxy_quiet") [[ ! -O .ccproxy.yaml ]] || __ccproxy_look ;;
    "$__ccproxy_active") [[ -e $__ccproxy_mark && -f $__ccproxy_file && $__ccproxy_since -nt $__ccproxy_file && ! -O $__ccproxy_here ]] || __ccproxy_look ;;
    "$__ccproxy_usual"/*) __ccproxy_look ;;
    *) __ccproxy_other "$?" ;;
  esac
}

# Other options than at the last look, or a command that failed.
__ccproxy_other() {
  case $-:$1:$__ccproxy_kind in
    *[aeuvxET]*:*:*) # options under which nothing of ours may run
      if ((__ccproxy_modern)); then local -; fi
      { set +x; } 2>/dev/null
      __ccproxy_guarded "$1"
      ;;
    *:0:[!d]* | *:0:) __ccproxy_look ;;
    *)
      __ccproxy_check
      __ccproxy_status "$1"
      ;;
  esac
}

__ccproxy_guarded() {
  case $- in *e*) set -- 0 ;; esac
  if ((__ccproxy_modern)); then set +aeuvET; fi
  __ccproxy_check
  __ccproxy_status "$1"
}

__ccproxy_check() {
  if [[ $PWD == "$__ccproxy_pwd" && ! -O $__ccproxy_here ]]; then
    case $__ccproxy_kind in
      o) return 0 ;;
      d) if [[ -e $__ccproxy_mark ]]; then return 0; fi ;;
      i) if [[ -e $__ccproxy_mark && -f $__ccproxy_file && $__ccproxy_since -nt $__ccproxy_file ]]; then return 0; fi ;;
    esac
  fi
  __ccproxy_look
}

# Hands the exit status on to what shares our element of PROMPT_COMMAND. Alone in it, bash restores the status itself, and a status
# other than 0 would run the user's ERR trap, or end the shell under `set -e`.
__ccproxy_status() {
  local __c_element
  if [[ $1 == 0 ]]; then return 0; fi
  for __c_element in "${PROMPT_COMMAND[@]-}"; do
    if ((__ccproxy_arrays)) && [[ $__c_element == __ccproxy_hook ]]; then return 0; fi
  done
  return "$1"
}

# Finds the project.
__ccproxy_look() {
  # Interrupted, the next prompt looks again: the state of the prompt is set last, and what is half done is known as such.
  __ccproxy_half=$__ccproxy_busy __ccproxy_busy=1 __ccproxy_kind='' __ccproxy_quiet='' __ccproxy_active='' __ccproxy_before=$__ccproxy_pwd __ccproxy_pwd=$PWD __ccproxy_dir=${PWD%/} __ccproxy_home=${HOME-} __ccproxy_found=''
  __ccproxy_here=.ccproxy.yaml __ccproxy_home=${__ccproxy_home%/}
  # The nearest project file of our own, from $PWD up to $HOME or the root.
  case $__ccproxy_dir/ in
    */../* | */./* | //*) __ccproxy_outside ;;
    *)
      until [[ -z $__ccproxy_dir || $__ccproxy_dir == "$__ccproxy_home" || (-O $__ccproxy_dir/.ccproxy.yaml && -f $__ccproxy_dir/.ccproxy.yaml) ]]; do __ccproxy_dir=${__ccproxy_dir%/*}; done
      if [[ (-n $__ccproxy_dir && $__ccproxy_dir != "$__ccproxy_home") || (-O $__ccproxy_dir/.ccproxy.yaml && -f $__ccproxy_dir/.ccproxy.yaml) ]]; then
        __ccproxy_inside
      else
        __ccproxy_outside
      fi
      ;;
  esac
}

# `==` cannot tell two directories apart under nocasematch: then no state is remembered, and every prompt looks.
__ccproxy_outside() {
  if [[ -n $__ccproxy_half$__ccproxy_lost$__ccproxy_file || -n ${__CCPROXY_SAVED-} ]]; then
    __ccproxy_depart
  else
    CCPROXY_PROMPT='' __ccproxy_busy=''
    [[ a == A ]] || __ccproxy_kind=o __ccproxy_usual=0$- __ccproxy_quiet=0$-$PWD
  fi
}

# Until the second half is read: reads it and looks again. It is the file of the running version, or of a newer one that then replaces
# all of this.
__ccproxy_inside() { __ccproxy_more; }
__ccproxy_depart() { __ccproxy_more; }
__ccproxy_more() {
  local __c_file
  for __c_file in "$__ccproxy_source" "$__ccproxy_state/shell/hook.bash"; do
    if [[ $__c_file == /* && -f $__c_file && -O $__c_file && -r $__c_file ]]; then
      builtin source "$__c_file" __ccproxy_rest
      if [[ -n $__ccproxy_loaded ]]; then
        __ccproxy_busy=$__ccproxy_half __ccproxy_pwd=$__ccproxy_before
        __ccproxy_look
        return 0
      fi
    fi
  done
  __ccproxy_busy=$__ccproxy_half
}

# Completion: the words lie in a file that is read at the first Tab.
__ccproxy_complete() {
  if [[ -r $__ccproxy_state/shell/completion.bash ]]; then
    # shellcheck disable=SC1091
    builtin source "$__ccproxy_state/shell/completion.bash" && __ccproxy_complete_words "$@"
  fi
}

__ccproxy_install() {
  local __c_element
  local -a __c_rest=()
  __ccproxy_arrays=0
  if ((BASH_VERSINFO[0] > 5 || (BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1] >= 1))); then __ccproxy_arrays=1; fi
  if [[ -n ${BLE_VERSION-} ]]; then
    blehook PRECMD!=__ccproxy_hook
  elif [[ -n ${bash_preexec_imported-}${__bp_imported-} ]]; then
    for __c_element in ${precmd_functions[@]+"${precmd_functions[@]}"}; do
      if [[ $__c_element != __ccproxy_hook ]]; then __c_rest+=("$__c_element"); fi
    done
    precmd_functions=(__ccproxy_hook ${__c_rest[@]+"${__c_rest[@]}"})
  else
    for __c_element in ${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"}; do
      case $__c_element in *__ccproxy_hook*) return 0 ;; '') ;; *) __c_rest+=("$__c_element") ;; esac
    done
    # In front, so that prompts and terminals see the variables; alone at 1, so that a later `PROMPT_COMMAND=…` does not remove it.
    if ((!__ccproxy_arrays)); then
      PROMPT_COMMAND=__ccproxy_hook${PROMPT_COMMAND:+;$PROMPT_COMMAND}
    elif ((${#__c_rest[@]})); then
      PROMPT_COMMAND=(__ccproxy_hook "${__c_rest[@]}")
    else
      PROMPT_COMMAND=([1]=__ccproxy_hook)
    fi
  fi
}

if [[ ${1-} != __ccproxy_rest ]]; then
  __ccproxy_install
  if [[ -n ${PS1-} ]]; then complete -o default -F __ccproxy_complete ccproxy cc-proxy 2>/dev/null || :; fi
  # `claude` through ccproxy: only when the stub asks for it. Whole in itself: some tools keep this function and lose the others.
  if [[ ${1-} == claude ]]; then
    function claude {
      if [ -n "${CLAUDECODE-}" ] || ! command -v ccproxy >/dev/null 2>&1; then
        command claude "$@"
      else
        if builtin declare -F __ccproxy_hook >/dev/null 2>&1; then __ccproxy_hook; fi
        command ccproxy claude -- "$@"
      fi
    }
  fi
  if [[ -n $__ccproxy_aliases ]]; then shopt -s expand_aliases; fi
  # Not from a file, there is nowhere to read the second half from later: then it goes on.
  if [[ $__ccproxy_source == /* ]]; then return 0 2>/dev/null; fi
  shopt -u expand_aliases
fi

__ccproxy_loaded=1

# What needs no thought is done at once: staying inside, entering what was entered before from the same state, and leaving where nothing was
# changed. The rest is for __ccproxy_slow.
__ccproxy_depart() {
  if [[ -z $__ccproxy_half$__ccproxy_lost && -n $__ccproxy_mine && ${__CCPROXY_SAVED-} == "$__ccproxy_mine" && $__ccproxy_before != "$PWD" ]] && __ccproxy_picture && [ "$__ccproxy_now" = "$__ccproxy_left" ]; then
    __ccproxy_file='' CCPROXY_PROMPT=''
    if [[ -n ${__ccproxy_back-} ]]; then export "${__ccproxy_back[@]}"; fi
    unset -v "${__ccproxy_gone[@]}"
    __ccproxy_busy=''
    [[ a == A ]] || __ccproxy_kind=o __ccproxy_usual=0$- __ccproxy_quiet=0$-$PWD
  else
    __ccproxy_slow
  fi
}

__ccproxy_inside() {
  __ccproxy_found=$__ccproxy_dir/.ccproxy.yaml
  if [[ -n $__ccproxy_half || ! -e $__ccproxy_mark ]]; then
    __ccproxy_slow
  elif [[ $__ccproxy_found == "$__ccproxy_file" && $__ccproxy_since -nt $__ccproxy_found ]]; then
    [[ ${PWD%/} != "$__ccproxy_dir" ]] || __ccproxy_here=''
    __ccproxy_busy=''
    [[ a == A ]] || __ccproxy_kind=i __ccproxy_usual=0$- __ccproxy_active=0$-$PWD
  elif [[ -n $__ccproxy_again && -z ${__CCPROXY_SAVED-} && $__ccproxy_memo == "$__ccproxy_mark $__ccproxy_dir" && -r $__ccproxy_found ]]; then
    __ccproxy_return
  else
    __ccproxy_slow
  fi
}

# One read: the bytes of the project file, against those that were compared with the allowed copy under this very epoch.
__ccproxy_return() {
  if ! IFS='' read -r -d '' -n 65536 __ccproxy_now <"$__ccproxy_found" && [ "$__ccproxy_now" = "$__ccproxy_body" ] && __ccproxy_picture && [ "$__ccproxy_now" = "$__ccproxy_entered" ]; then
    export "${__ccproxy_redo[@]}"
    [[ ${PWD%/} != "$__ccproxy_dir" ]] || __ccproxy_here=''
    __ccproxy_file=$__ccproxy_found __ccproxy_noted='' CCPROXY_PROMPT=$__ccproxy_profile __ccproxy_busy=''
    [[ a == A ]] || __ccproxy_kind=i __ccproxy_usual=0$- __ccproxy_active=0$-$PWD
  else
    __ccproxy_slow
  fi
}

# All that may be set, as one text: name, attributes and quoted value of each.
__ccproxy_picture() {
  __ccproxy_now=${ANTHROPIC_BASE_URL@A},${CCPROXY_PROFILE@A},${ANTHROPIC_CUSTOM_HEADERS@A},${NO_PROXY@A},${no_proxy@A},${ENABLE_TOOL_SEARCH@A},${CLAUDE_CODE_GATEWAY_HINT_HEADERS@A},${CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY@A}
}

# Decides anew: which project, allowed or not, daemon there or not; then leaves, stays or enters.
__ccproxy_slow() {
  local __c_dir=$__ccproxy_dir __c_file=$__ccproxy_found __c_verdict=outside __c_kept='' __c_reason='' __c_half=$__ccproxy_half __c_kind=o
  if [[ -z $__c_file ]]; then
    __c_dir=
  else
    if [[ ! -e $__ccproxy_mark ]]; then __ccproxy_epoch; fi
    __ccproxy_judge
    if [[ $__c_verdict == allowed && -z $__ccproxy_origin ]]; then __c_verdict=stopped; fi
    if [[ $__c_verdict == allowed && -z $__ccproxy_memo ]]; then __ccproxy_load; fi
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
    if [[ $__c_verdict == outside && -n $__ccproxy_file && $__ccproxy_before == "$PWD" ]]; then __ccproxy_lost=$PWD; fi
    __ccproxy_file='' CCPROXY_PROMPT=''
    if [[ -n ${__CCPROXY_SAVED-} ]]; then __ccproxy_leave; fi
  fi
  case $__c_verdict in
    outside | denied)
      if [[ $__c_verdict == denied ]]; then
        __c_kind=d
        if [[ ${PWD%/} == "$__c_dir" ]]; then __ccproxy_here=; fi
      fi
      if [[ $__ccproxy_lost == "$PWD" ]]; then __c_kind=; else __ccproxy_lost=; fi
      ;;
    allowed)
      __c_kind=i
      if [[ ${PWD%/} == "$__c_dir" ]]; then __ccproxy_here=; fi
      ;;
    stopped) __c_kind='' CCPROXY_PROMPT=off __c_reason='is allowed, but no daemon runs: ccproxy start' ;;
    new) __c_kind='' CCPROXY_PROMPT='?' __c_reason='has a .ccproxy.yaml that is not allowed: read it, then run ccproxy allow there' ;;
    changed) __c_kind='' CCPROXY_PROMPT='?' __c_reason='has a .ccproxy.yaml that is not the one you allowed: read it, then run ccproxy allow there' ;;
    *) __c_kind=d CCPROXY_PROMPT='?' __c_reason='has an entry this hook cannot use: run ccproxy allow there again' ;;
  esac
  __ccproxy_busy=''
  if [[ a != A ]]; then
    __ccproxy_kind=$__c_kind
    case $__c_kind in o) __ccproxy_quiet=0$-$PWD ;; i) __ccproxy_active=0$-$PWD ;; d) __ccproxy_usual='' ;; esac
  fi
  if [[ -n $__c_reason ]]; then __ccproxy_note "$__c_reason"; fi
  if [[ -n $__ccproxy_notice ]]; then
    builtin printf '%s' "$__ccproxy_notice" >&2
    __ccproxy_notice=
  fi
}

# The current epoch: sets __ccproxy_mark, and __ccproxy_origin when a daemon serves.
__ccproxy_epoch() {
  local __c_version='' __c_id='' __c_family='' __c_port='' __c_rest='' __c_epoch=$__ccproxy_state/shell/epoch
  __ccproxy_mark='' __ccproxy_origin=''
  [[ -f $__c_epoch && -O $__c_epoch && -r $__c_epoch ]] || return 0
  IFS=' ' read -r __c_version __c_id __c_family __c_port __c_rest <"$__c_epoch" || :
  case $__c_version:$__c_id:$__c_port in 1::* | 1:*[!a-z0-9]*:* | *:*:*[!0-9]* | *:*:) return 0 ;; 1:*) ;; *) return 0 ;; esac
  # A dangling mark is a killed daemon's: no mark is remembered, and the epoch is read again at the next prompt.
  [[ -e $__ccproxy_state/shell/epoch.$__c_id ]] || return 0
  __ccproxy_mark=$__ccproxy_state/shell/epoch.$__c_id
  if ((${#__c_port} > 5)); then return 0; fi
  case $__c_port:$__c_family in
    0:*) ;;
    *:4) __ccproxy_origin=http://127.0.0.1:$__c_port ;;
    *:6) __ccproxy_origin="http://[::1]:$__c_port" ;;
  esac
}

# Compares the project file with the allowed copies, byte for byte: sets __c_verdict and __ccproxy_slot. What was read of the tree holds
# until the epoch changes, so that coming back to the project reads the project file only.
__ccproxy_judge() {
  local __c_entry=$__ccproxy_state/env$__c_dir __c_body='' __c_copy='' __c_n
  if [[ -n $__ccproxy_mark && $__ccproxy_memo == "$__ccproxy_mark $__c_dir" && -r $__c_file ]]; then
    if IFS='' read -r -d '' -n 65536 __c_body <"$__c_file"; then :; elif [ "$__c_body" = "$__ccproxy_body" ]; then
      __c_verdict=allowed
      return 0
    fi
  fi
  __ccproxy_memo='' __ccproxy_again='' __c_verdict=new
  [[ -O $__c_entry/.ccproxy-env && -f $__c_entry/.ccproxy-env && -r $__c_entry/.ccproxy-env ]] || return 0
  __c_verdict=denied
  [[ -s $__c_entry/.ccproxy-env ]] || return 0
  __c_verdict=changed
  [[ -r $__c_file ]] || return 0
  # Success means a NUL byte, or more than an allowed file may hold: never equal.
  if IFS='' read -r -d '' -n 65536 __c_body <"$__c_file"; then return 0; fi
  for __c_n in 0 1 2 3 4 5 6 7; do
    __c_copy=$__c_entry/.ccproxy-trusted.$__c_n
    [[ -O $__c_copy && -f $__c_copy && -r $__c_copy ]] || return 0
    if IFS='' read -r -d '' __c_copy <"$__c_copy"; then continue; fi
    if [ "$__c_body" = "$__c_copy" ]; then
      __c_verdict=allowed __ccproxy_slot=$__c_n __ccproxy_body=$__c_body
      return 0
    fi
  done
}

# The value for __c_k when the user's own is $1: some lists are joined, the others replaced. Sets __c_v.
__ccproxy_join() {
  if [[ -z $1 ]]; then return 0; fi
  case $__c_k in
    ANTHROPIC_CUSTOM_HEADERS) __c_v=$1$'\n'$__c_v ;;
    NO_PROXY | no_proxy) __c_v=$1,$__c_v ;;
  esac
}

# Reads the records that hold for the matched content: fills __ccproxy_names and __ccproxy_values with what may be set.
__ccproxy_load() {
  local __c_records __c_record __c_block='' __c_k __c_v __c_at
  if ((__ccproxy_modern)); then
    mapfile -d '' -t -n 256 __c_records <"$__ccproxy_state/env$__c_dir/.ccproxy-env"
  else
    __c_records=()
    while ((${#__c_records[@]} < 256)) && IFS='' read -r -d '' __c_v; do __c_records+=("$__c_v"); done <"$__ccproxy_state/env$__c_dir/.ccproxy-env"
  fi
  __c_verdict=unusable __ccproxy_names=() __ccproxy_values=() __ccproxy_profile=on __ccproxy_again=''
  [[ ${__c_records[0]-} == 1 ]] || return 0
  for __c_record in "${__c_records[@]}"; do
    __c_k=${__c_record%%=*} __c_v=${__c_record#*=}
    if [[ $__c_k == @* ]]; then __c_block=${__c_k#@}; fi
    if [[ -n $__c_block && $__c_block != "$__ccproxy_slot" ]]; then continue; fi
    case $__c_k in
      ANTHROPIC_BASE_URL)
        case $__c_v in /p/ | /p/*[!A-Za-z0-9_-]*) continue ;; /p/*) ;; *) continue ;; esac
        if ((${#__c_v} > 67)); then continue; fi
        __c_v=$__ccproxy_origin$__c_v __c_verdict=allowed
        ;;
      CCPROXY_PROFILE)
        case $__c_v in '' | *[!A-Za-z0-9._-]*) continue ;; esac
        if ((${#__c_v} > 64)); then continue; fi
        __ccproxy_profile=$__c_v
        ;;
      ANTHROPIC_CUSTOM_HEADERS)
        case ${__c_v#x-ccproxy-token: } in '' | "$__c_v" | *[!A-Za-z0-9._-]*) continue ;; esac
        if ((${#__c_v} > 273)); then continue; fi
        ;;
      NO_PROXY | no_proxy)
        case $__c_v in '' | *[!A-Za-z0-9.,:-]*) continue ;; esac
        if ((${#__c_v} > 256)); then continue; fi
        ;;
      ENABLE_TOOL_SEARCH | CLAUDE_CODE_GATEWAY_HINT_HEADERS | CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY)
        case $__c_v in '' | *[!A-Za-z0-9]*) continue ;; esac
        if ((${#__c_v} > 16)); then continue; fi
        ;;
      *) continue ;;
    esac
    for ((__c_at = 0; __c_at < ${#__ccproxy_names[@]}; __c_at++)); do
      if [ "${__ccproxy_names[__c_at]}" = "$__c_k" ]; then break; fi
    done
    __ccproxy_names[__c_at]=$__c_k __ccproxy_values[__c_at]=$__c_v
  done
  if [[ $__c_verdict == allowed ]]; then __ccproxy_memo="$__ccproxy_mark $__c_dir"; fi
}

# Sets the variables. __CCPROXY_SAVED remembers for each what was there (u unset, x exported, n not exported, k the user's own and left
# alone) and what we put there. All in one `export`: what was there and the record of it come first, so that an interruption finds nothing
# set that is not recorded.
__ccproxy_enter() {
  local __c_i __c_k __c_v __c_flag __c_saved='2|'
  local -a __c_was=() __c_set=() __c_back=() __c_gone=()
  if ((__ccproxy_modern)); then
    __ccproxy_picture
    __ccproxy_entered=$__ccproxy_now
  fi
  for ((__c_i = 0; __c_i < ${#__ccproxy_names[@]}; __c_i++)); do
    __c_k=${__ccproxy_names[__c_i]} __c_v=${__ccproxy_values[__c_i]}
    if [[ -n ${!__c_k+set} ]]; then
      __c_flag=x
      if ((__ccproxy_modern)); then
        case ${!__c_k@a} in x) ;; '') __c_flag=n ;; *) __c_flag=k ;; esac
      fi
    else
      __c_flag=u
      if ((__ccproxy_modern)) && [[ ${!__c_k@a} == *r* ]]; then __c_flag=k; fi
    fi
    if [[ $__c_kept == *":$__c_k:"* ]]; then __c_flag=k; fi
    __c_saved="$__c_saved$__c_k=$__c_flag=$__c_v|"
    case $__c_flag in
      k) continue ;;
      x)
        __ccproxy_join "${!__c_k}"
        __c_was+=("__CCPROXY_OLD_$__c_k=${!__c_k}")
        __c_back+=("$__c_k=${!__c_k}")
        __c_gone+=("__CCPROXY_OLD_$__c_k")
        ;;
      u) __c_gone+=("$__c_k") ;;
      n) builtin printf -v "__ccproxy_old_$__c_k" %s "${!__c_k}" ;;
    esac
    __c_set+=("$__c_k=$__c_v")
  done
  __ccproxy_redo=("__CCPROXY_ROOT=$__c_dir/" ${__c_was[@]+"${__c_was[@]}"} "__CCPROXY_SAVED=$__c_saved" ${__c_set[@]+"${__c_set[@]}"})
  export "${__ccproxy_redo[@]}"
  __ccproxy_again='' __ccproxy_mine=''
  if ((__ccproxy_modern)) && [[ $__c_saved != *=[nk]=* ]]; then
    __ccproxy_back=(${__c_back[@]+"${__c_back[@]}"})
    __ccproxy_gone=(${__c_gone[@]+"${__c_gone[@]}"} __CCPROXY_ROOT __CCPROXY_SAVED)
    __ccproxy_picture
    __ccproxy_left=$__ccproxy_now __ccproxy_mine=$__c_saved __ccproxy_again=$__ccproxy_memo
  fi
}

# Whether this project is active already with exactly these values (also when a parent shell activated it).
__ccproxy_same() {
  local __c_i __c_rest=${__CCPROXY_SAVED-} __c_record
  [[ ${__CCPROXY_ROOT-} == "$__c_dir/" && $__c_rest == 2\|* ]] || return 1
  __c_rest=${__c_rest#2|}
  for ((__c_i = 0; __c_i < ${#__ccproxy_names[@]}; __c_i++)); do
    __c_record=${__c_rest%%|*} __c_rest=${__c_rest#*|}
    case $__c_record in
      "${__ccproxy_names[__c_i]}="[uxnk]"=${__ccproxy_values[__c_i]}") ;;
      *) return 1 ;;
    esac
  done
  [[ -z $__c_rest ]]
}

# Puts back what was there; a variable the user changed meanwhile keeps the user's value.
__ccproxy_leave() {
  local __c_k __c_v __c_flag __c_old __c_local __c_changed=''
  local -a __c_back=() __c_gone=()
  case ${__CCPROXY_SAVED-} in 2\|*) ;; *) return 0 ;; esac
  for __c_k in ANTHROPIC_BASE_URL CCPROXY_PROFILE ANTHROPIC_CUSTOM_HEADERS NO_PROXY no_proxy ENABLE_TOOL_SEARCH CLAUDE_CODE_GATEWAY_HINT_HEADERS CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY; do
    case $__CCPROXY_SAVED in *"|$__c_k="[uxnk]=*) ;; *) continue ;; esac
    __c_v=${__CCPROXY_SAVED#*"|$__c_k="}
    __c_flag=${__c_v%%=*} __c_v=${__c_v#*=}
    __c_v=${__c_v%%|*} __c_old=__CCPROXY_OLD_$__c_k __c_local=__ccproxy_old_$__c_k
    if [[ $__c_flag == k ]]; then
      if [[ ${__CCPROXY_ROOT-} == "$__c_dir/" ]]; then __c_kept=$__c_kept:$__c_k:; fi
      continue
    fi
    __c_gone+=("$__c_old" "$__c_local")
    if [[ $__c_flag == x ]]; then __ccproxy_join "${!__c_old-}"; fi
    if [[ -n ${!__c_k+set} ]] && [ "${!__c_k}" = "$__c_v" ] && { ((!__ccproxy_modern)) || [[ ${!__c_k@a} != *r* ]]; }; then
      case $__c_flag:${!__c_old+old}:${!__c_local+local} in
        x:old:*) __c_back+=("$__c_k=${!__c_old}") ;;
        n:*:local)
          unset -v "$__c_k"
          builtin printf -v "$__c_k" %s "${!__c_local}"
          ;;
        *) __c_gone+=("$__c_k") ;;
      esac
    elif [[ -n ${__c_half-} ]] && [ "${!__c_k-}" = "${!__c_old-}${!__c_local-}" ]; then
      : # entering was interrupted before it was set
    else
      __c_changed="$__c_changed $__c_k"
      if [[ ${__CCPROXY_ROOT-} == "$__c_dir/" ]]; then __c_kept=$__c_kept:$__c_k:; fi
    fi
  done
  if ((${#__c_back[@]})); then export "${__c_back[@]}"; fi
  unset -v ${__c_gone[@]+"${__c_gone[@]}"} __CCPROXY_ROOT __CCPROXY_SAVED
  if [[ -n $__c_changed ]]; then __ccproxy_notice=${__ccproxy_notice}"ccproxy: kept your own value of$__c_changed"$'\n'; fi
}

# Queues one sentence about the project, once per project and reason.
__ccproxy_note() {
  local __c_quoted __c_line
  builtin printf -v __c_quoted %q "${__c_dir:-/}"
  __c_line="ccproxy: $__c_quoted $1"$'\n'
  case $__ccproxy_noted in *"$__c_line"*) return 0 ;; esac
  if ((${#__ccproxy_noted} > 8192)); then __ccproxy_noted=; fi
  __ccproxy_noted=$__ccproxy_noted$__c_line __ccproxy_notice=$__ccproxy_notice$__c_line
}

if [[ -n $__ccproxy_aliases ]]; then shopt -s expand_aliases; fi
