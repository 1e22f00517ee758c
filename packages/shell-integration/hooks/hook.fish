# ccproxy hook for fish, version @VERSION@. Written by `ccproxy shell-integration fish`; edits are lost.
# Nothing here starts a process or evaluates text; names begin with __ccproxy_ (functions, state) or __c_ (locals).
# A shell reads this when it starts, and hook-more.fish beside it when a project file is met: fish parses a file as a whole.
set -g __ccproxy_build @BUILD@
set -g __ccproxy_state @STATE@
set -g __ccproxy_idle ''
set -g CCPROXY_PROMPT ''
set -eg __ccproxy_pwd __ccproxy_mark __ccproxy_origin __ccproxy_here __ccproxy_file __ccproxy_memo __ccproxy_body __ccproxy_slot __ccproxy_profile __ccproxy_length __ccproxy_lost __ccproxy_busy __ccproxy_notices __ccproxy_noted __ccproxy_again __ccproxy_mine __ccproxy_home __ccproxy_loaded

# At every prompt. Nothing changed: one stat outside of projects, five inside, all in one `test` that the last look put together.
function __ccproxy_hook --on-event fish_prompt
    test "$PWD" = $__ccproxy_idle
    or __ccproxy_prompt
end

# A notice is printed at a prompt, never in the middle of a line; until then no prompt counts as one where nothing changed.
function __ccproxy_prompt
    __ccproxy_look
    if set -q __ccproxy_notices[1]
        builtin printf '%s\n' $__ccproxy_notices >&2
        set -g __ccproxy_notices
    end
end

function __ccproxy_moved --on-variable PWD
    test "$PWD" = "$__ccproxy_pwd"
    or __ccproxy_look
end

# Finds the project: the nearest project file of our own, from $PWD up to $HOME or the root. Sets __c_dir (it ends with a slash) and __c_file.
function __ccproxy_look
    set -l IFS \n
    set -l fish_read_limit 65536
    set -l __c_dir
    set -l __c_file
    set -l __c_before $__ccproxy_pwd
    # Interrupted, the next prompt looks again: the state of the prompt is set last, and what is half done is known as such.
    set -l __c_half $__ccproxy_busy
    set -g __ccproxy_busy 1
    set -g __ccproxy_idle ''
    set -g __ccproxy_pwd $PWD
    test "$__ccproxy_lost" = "$PWD"
    or set -g __ccproxy_lost ''
    switch $PWD/
        case '*'\n'*' '*/./*' '*/../*' '//*'
            __ccproxy_climb
        case '*'
            # Downwards, from $HOME when it is above: only strings are put together, nothing is substituted per level.
            set -l __c_folder /
            set -l __c_parts (string split -- / $PWD/)
            if test "$HOME" != "$__ccproxy_home"
                set -g __ccproxy_home "$HOME"
                set -g __ccproxy_depth (count (string split -- / "$HOME"))
                set -g __ccproxy_root (string split -- / "$HOME")
                set -g __ccproxy_root "$__ccproxy_root"
            end
            if test -n "$HOME" -a "$__c_parts[1..$__ccproxy_depth]" = "$__ccproxy_root"
                set __c_folder $HOME/
                set -e __c_parts[1..$__ccproxy_depth]
            else
                set -e __c_parts[1]
            end
            for __c_part in $__c_parts
                test -O $__c_folder.ccproxy.yaml -a -f $__c_folder.ccproxy.yaml
                and set __c_dir $__c_folder
                set __c_folder $__c_folder$__c_part/
            end
    end
    if test -n "$__c_dir"
        set __c_file "$__c_dir.ccproxy.yaml"
        __ccproxy_inside
    else if test -n "$__c_half$__ccproxy_lost$__ccproxy_file$__CCPROXY_SAVED"
        __ccproxy_depart
    else
        set -g CCPROXY_PROMPT ''
        __ccproxy_quiet
    end
end

# No project, and nothing of one: until the directory changes, or a project file appears in it.
function __ccproxy_quiet
    set -g __ccproxy_busy ''
    set -q __ccproxy_notices[1]
    or set -g __ccproxy_idle $PWD -a ! -O .ccproxy.yaml
end

# The same for the rare path with a line end: a substitution splits at line ends and drops trailing ones, so each level ends with a slash.
function __ccproxy_climb --no-scope-shadowing
    string match -qr '/\.\.?/|^//' -- $PWD/
    and return
    set -l __c_folder $PWD/
    while true
        if test -O "$__c_folder.ccproxy.yaml" -a -f "$__c_folder.ccproxy.yaml"
            set __c_dir $__c_folder
            return
        end
        test $__c_folder = / -o $__c_folder = "$HOME/"
        and return
        set __c_folder (string replace -r '[^/]*/$' '' -- $__c_folder | string collect)
    end
end
# Until the second file is read: reads it and looks again. When it is of another version, a newer one stands there: then all of it is read.
function __ccproxy_inside --no-scope-shadowing
    __ccproxy_more
end
function __ccproxy_depart --no-scope-shadowing
    __ccproxy_more
end
function __ccproxy_more --no-scope-shadowing
    set -l __c_folder $__ccproxy_state/shell
    for __c_name in hook-more.fish hook.fish hook-more.fish
        if test -f $__c_folder/$__c_name -a -O $__c_folder/$__c_name -a -r $__c_folder/$__c_name
            source $__c_folder/$__c_name
            test "$__ccproxy_loaded" = "$__ccproxy_build"
            and break
        end
    end
    set -g __ccproxy_busy $__c_half
    if test "$__ccproxy_loaded" = "$__ccproxy_build"
        set -g __ccproxy_pwd $__c_before
        __ccproxy_look
    end
end

# Completion: the words lie in a file that is read at the first Tab.
function __ccproxy_complete
    if not functions -q __ccproxy_complete_words; and test -r $__ccproxy_state/shell/completion.fish
        source $__ccproxy_state/shell/completion.fish
    end
    functions -q __ccproxy_complete_words
    and __ccproxy_complete_words
end
complete -c ccproxy -c cc-proxy -f -a '(__ccproxy_complete)'

# `claude` through ccproxy: only when the stub asks for it. Whole in itself: some tools keep this function and lose the others.
if test "$argv[1]" = claude
    function claude --wraps=claude --description 'Claude Code through ccproxy'
        if set -q CLAUDECODE; or not command -sq ccproxy
            command claude $argv
        else
            functions -q __ccproxy_hook
            and __ccproxy_hook
            command ccproxy claude -- $argv
        end
    end
end
# ccproxy hook for fish, second half, version @VERSION@. Written by `ccproxy shell-integration fish`; edits are lost.
set -g __ccproxy_loaded @BUILD@
# Older fish cannot compare times: there the file is compared at every prompt.
builtin test / -nt / 2>/dev/null
test $status -le 1
and set -g __ccproxy_times 1
or set -g __ccproxy_times ''

# What needs no thought is done at once: staying inside, entering what was entered before from the same state, and leaving where nothing was
# changed. The rest is for __ccproxy_slow.
function __ccproxy_inside --no-scope-shadowing
    if test -z "$__c_half" -a -e "$__ccproxy_mark"
        if test -n "$__ccproxy_times" -a "$__c_file" = "$__ccproxy_file" -a $__ccproxy_state/shell/epoch -nt "$__c_file"
            __ccproxy_active
            return
        end
        # Coming back takes one read: the bytes of the project file, against those that were compared with the allowed copy under this very
        # epoch. `set -q` answers how many are not set.
        if test -n "$__ccproxy_again" -a -z "$__CCPROXY_SAVED" -a "$__ccproxy_memo" = "$__ccproxy_mark $__c_dir" -a -r "$__c_file"
            set -l __c_live
            builtin read -z __c_live <$__c_file
            if test $status -le 1 -a "$__c_live" = "$__ccproxy_body"; and __ccproxy_whole
                if set -qgx PWD $__ccproxy_exported; and test "$ANTHROPIC_BASE_URL[1]"\x1f"$CCPROXY_PROFILE[1]"\x1f"$ANTHROPIC_CUSTOM_HEADERS[1]"\x1f"$NO_PROXY[1]"\x1f"$no_proxy[1]"\x1f"$ENABLE_TOOL_SEARCH[1]"\x1f"$CLAUDE_CODE_GATEWAY_HINT_HEADERS[1]"\x1f"$CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY[1]" = "$__ccproxy_again"
                    set -q __ccproxy_never $__ccproxy_unset
                    if test $status = $__ccproxy_missing
                        for __c_pair in $__ccproxy_redo
                            set -gx $$__c_pair
                        end
                        set -g __ccproxy_file $__c_file
                        set -g __ccproxy_noted
                        set -g CCPROXY_PROMPT $__ccproxy_profile
                        __ccproxy_active
                        return
                    end
                end
            end
        end
    end
    __ccproxy_slow
end

function __ccproxy_depart --no-scope-shadowing
    if test -z "$__c_half$__ccproxy_lost" -a -n "$__ccproxy_mine" -a "$__CCPROXY_SAVED" = "$__ccproxy_mine" -a "$__c_before" != "$PWD"
        if test "$ANTHROPIC_BASE_URL"\x1f"$CCPROXY_PROFILE"\x1f"$ANTHROPIC_CUSTOM_HEADERS"\x1f"$NO_PROXY"\x1f"$no_proxy"\x1f"$ENABLE_TOOL_SEARCH"\x1f"$CLAUDE_CODE_GATEWAY_HINT_HEADERS"\x1f"$CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY" = "$__ccproxy_left"
            set -g __ccproxy_file ''
            set -g CCPROXY_PROMPT ''
            for __c_pair in $__ccproxy_back
                set -gx $$__c_pair
            end
            set -eg $__ccproxy_gone
            __ccproxy_quiet
            return
        end
    end
    __ccproxy_slow
end

# Inside and active: until the directory, the epoch or the project file changes, or a nearer one appears. The epoch's file is as old as the
# epoch: what was compared since and is not newer is what was compared.
function __ccproxy_active --no-scope-shadowing
    set -g __ccproxy_busy ''
    if test -n "$__ccproxy_times"; and not set -q __ccproxy_notices[1]
        set -g __ccproxy_idle $PWD -a -e $__ccproxy_mark -a -f $__ccproxy_file -a $__ccproxy_state/shell/epoch -nt $__ccproxy_file
        test $PWD/ = $__c_dir
        or set -a __ccproxy_idle -a ! -O .ccproxy.yaml
    end
end

# Decides anew: which project, allowed or not, daemon there or not; then leaves, stays or enters.
function __ccproxy_slow --no-scope-shadowing
    set -l IFS \n' '\t
    set -l __c_kept
    set -l __c_reason
    set -l __c_verdict outside
    if test -n "$__c_file"
        test -e "$__ccproxy_mark"
        or __ccproxy_epoch
        __ccproxy_judge
        if test $__c_verdict = allowed
            if test -z "$__ccproxy_origin"
                set __c_verdict stopped
            else if test -z "$__ccproxy_memo"
                __ccproxy_load
            end
        end
    end
    if test $__c_verdict = allowed
        set -g __ccproxy_file $__c_file
        set -g __ccproxy_noted
        set -g CCPROXY_PROMPT $__ccproxy_profile
        if test -z "$__CCPROXY_SAVED"
            __ccproxy_enter
        else if test -n "$__c_half"; or not __ccproxy_same
            __ccproxy_leave
            __ccproxy_enter
        end
        __ccproxy_active
        return
    end
    # A project file that vanished may come back, with another branch: it is looked for at every prompt in this directory.
    test $__c_verdict = outside -a -n "$__ccproxy_file" -a "$__c_before" = "$PWD"
    and set -g __ccproxy_lost $PWD
    set -g __ccproxy_file ''
    set -g CCPROXY_PROMPT ''
    test -n "$__CCPROXY_SAVED"
    and __ccproxy_leave
    set -g __ccproxy_busy ''
    switch $__c_verdict
        case outside
            test "$__ccproxy_lost" = "$PWD"
            or __ccproxy_quiet
            return
        case denied
            if test "$__ccproxy_lost" != "$PWD" -a -n "$__ccproxy_mark"; and not set -q __ccproxy_notices[1]
                set -g __ccproxy_idle $PWD -a -e $__ccproxy_mark
                test $PWD/ = $__c_dir
                or set -a __ccproxy_idle -a ! -O .ccproxy.yaml
            end
            return
        case stopped
            set -g CCPROXY_PROMPT off
            set __c_reason 'is allowed, but no daemon runs: ccproxy start'
        case new
            set -g CCPROXY_PROMPT '?'
            set __c_reason 'has a .ccproxy.yaml that is not allowed: read it, then run ccproxy allow there'
        case changed
            set -g CCPROXY_PROMPT '?'
            set __c_reason 'has a .ccproxy.yaml that is not the one you allowed: read it, then run ccproxy allow there'
        case '*'
            set -g CCPROXY_PROMPT '?'
            set __c_reason 'has an entry this hook cannot use: run ccproxy allow there again'
    end
    __ccproxy_note
end

# The current epoch: sets __ccproxy_mark, and __ccproxy_origin when a daemon serves.
function __ccproxy_epoch --no-scope-shadowing
    set -g __ccproxy_mark ''
    set -g __ccproxy_origin ''
    set -l __c_epoch $__ccproxy_state/shell/epoch
    test -f "$__c_epoch" -a -O "$__c_epoch" -a -r "$__c_epoch"
    or return
    builtin read -l __c_version __c_id __c_family __c_port __c_rest <$__c_epoch
    test "$__c_version" = 1
    and string match -qr '^[a-z0-9]+ [46] [0-9]{1,5}$' -- "$__c_id $__c_family $__c_port"
    or return
    # A dangling mark is a killed daemon's: no mark is remembered, and the epoch is read again at the next prompt.
    test -e $__ccproxy_state/shell/epoch.$__c_id
    or return
    set -g __ccproxy_mark $__ccproxy_state/shell/epoch.$__c_id
    test $__c_port = 0
    and return
    test $__c_family = 4
    and set -g __ccproxy_origin http://127.0.0.1:$__c_port
    or set -g __ccproxy_origin "http://[::1]:$__c_port"
end

# Compares the project file with the allowed copies, byte for byte: sets __c_verdict and __ccproxy_slot. What was read of the tree holds
# until the epoch changes, so that coming back to the project reads the project file only.
function __ccproxy_judge --no-scope-shadowing
    set -l __c_entry $__ccproxy_state/env$__c_dir
    set -l __c_live
    set -l __c_copy
    set -l __c_exact
    # Fails for an empty file with 1, and with more for more bytes than an allowed file may hold.
    if test -r "$__c_file"
        builtin read -z __c_live <$__c_file
        or test $status = 1
        and set __c_exact 1
    end
    if test -n "$__c_exact" -a -n "$__ccproxy_memo" -a "$__ccproxy_memo" = "$__ccproxy_mark $__c_dir" -a "$__c_live" = "$__ccproxy_body"; and __ccproxy_whole
        set __c_verdict allowed
        return
    end
    set -g __ccproxy_memo ''
    set -g __ccproxy_again ''
    set __c_verdict new
    test -O "$__c_entry.ccproxy-env" -a -f "$__c_entry.ccproxy-env" -a -r "$__c_entry.ccproxy-env"
    or return
    set __c_verdict denied
    test -s "$__c_entry.ccproxy-env"
    or return
    set __c_verdict changed
    test -n "$__c_exact"
    or return
    for __c_n in 0 1 2 3 4 5 6 7
        set -l __c_trusted $__c_entry.ccproxy-trusted.$__c_n
        test -O "$__c_trusted" -a -f "$__c_trusted" -a -r "$__c_trusted"
        or return
        set __c_copy
        builtin read -z __c_copy <$__c_trusted
        if test "$__c_live" = "$__c_copy"
            set -g __ccproxy_length (string length -- "$__c_live")
            __ccproxy_whole
            or return
            set __c_verdict allowed
            set -g __ccproxy_slot $__c_n
            set -g __ccproxy_body "$__c_live"
            return
        end
    end
end

# Whether the file ends where what was read of it ends: a NUL byte ends a read, too, and then there is another one to do.
function __ccproxy_whole --no-scope-shadowing
    set -l __c_rest
    begin
        test $__ccproxy_length = 0
        or builtin read -n $__ccproxy_length -z __c_rest
        not builtin read -z __c_rest
    end <$__c_file
end

# Reads the records that hold for the matched content: fills __ccproxy_names and __ccproxy_values with what may be set.
function __ccproxy_load --no-scope-shadowing
    set -l __c_block
    set -l __c_at
    set -l __c_records (string split0 <$__ccproxy_state/env$__c_dir.ccproxy-env)
    set __c_verdict unusable
    set -g __ccproxy_names
    set -g __ccproxy_values
    set -g __ccproxy_profile on
    set -g __ccproxy_again ''
    test "$__c_records[1]" = 1
    or return
    # Of each record that may be there: the whole, its name, its value.
    set -l __c_fields (string match -r '^(?=(?:@[0-7]=?|ANTHROPIC_BASE_URL=/p/[A-Za-z0-9_-]{1,64}|ANTHROPIC_CUSTOM_HEADERS=x-ccproxy-token: [A-Za-z0-9._-]{1,256}|(?:NO_PROXY|no_proxy)=[A-Za-z0-9.,:-]{1,256}|CCPROXY_PROFILE=[A-Za-z0-9._-]{1,64}|(?:ENABLE_TOOL_SEARCH|CLAUDE_CODE_GATEWAY_HINT_HEADERS|CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY)=[A-Za-z0-9]{1,16})\z)([^=]+)=?(.*)\z' -- $__c_records[1..256])
    while set -q __c_fields[3]
        set -l __c_k $__c_fields[2]
        set -l __c_v $__c_fields[3]
        set -e __c_fields[1..3]
        switch $__c_k
            case '@?'
                set __c_block $__c_k
                continue
        end
        test -z "$__c_block" -o "$__c_block" = @$__ccproxy_slot
        or continue
        switch $__c_k
            case ANTHROPIC_BASE_URL
                set __c_v $__ccproxy_origin$__c_v
                set __c_verdict allowed
            case CCPROXY_PROFILE
                set -g __ccproxy_profile $__c_v
        end
        if set __c_at (contains -i -- $__c_k $__ccproxy_names)
            set __ccproxy_values[$__c_at] $__c_v
        else
            set -a __ccproxy_names $__c_k
            set -a __ccproxy_values $__c_v
        end
    end
    test $__c_verdict = allowed
    and set -g __ccproxy_memo "$__ccproxy_mark $__c_dir"
end

# The value for __c_k when the user's own is in __c_mine: some lists are joined, the others replaced. Changes __c_v.
function __ccproxy_join --no-scope-shadowing
    switch $__c_k
        case ANTHROPIC_CUSTOM_HEADERS
            set __c_v $__c_mine\n$__c_v
        case NO_PROXY no_proxy
            set __c_v $__c_mine,$__c_v
    end
end

# Whether this project is active already with exactly these values (also when a parent shell activated it).
function __ccproxy_same --no-scope-shadowing
    set -l __c_expected "2|"
    set -l __c_rest $__ccproxy_values
    for __c_k in $__ccproxy_names
        set __c_expected "$__c_expected$__c_k=$__c_rest[1]|"
        set -e __c_rest[1]
    end
    test "$__CCPROXY_ROOT" = "$__c_dir" -a (string replace -ar '=[uxnk]=' = -- "$__CCPROXY_SAVED" | string collect) = "$__c_expected"
end

# Sets the variables. __CCPROXY_SAVED remembers for each what was there (u unset, x exported, n not exported, k the user's own and left
# alone) and what we put there. The record comes before what is recorded, so that an interruption finds nothing set that is not. Each of
# __ccproxy_redo and __ccproxy_back names a variable that holds a name and its value: to do the same again is one `set` for each.
function __ccproxy_enter --no-scope-shadowing
    set -l __c_saved '2|'
    set -l __c_rest $__ccproxy_values
    set -l __c_simple 1
    set -l __c_number 0
    set -l __c_set
    set -g __ccproxy_redo __ccproxy_pair_root
    set -g __ccproxy_back
    set -g __ccproxy_gone
    set -g __ccproxy_exported
    set -g __ccproxy_unset
    set -g __ccproxy_again ''
    set -g __ccproxy_mine ''
    set -l __c_picture "$ANTHROPIC_BASE_URL[1]"\x1f"$CCPROXY_PROFILE[1]"\x1f"$ANTHROPIC_CUSTOM_HEADERS[1]"\x1f"$NO_PROXY[1]"\x1f"$no_proxy[1]"\x1f"$ENABLE_TOOL_SEARCH[1]"\x1f"$CLAUDE_CODE_GATEWAY_HINT_HEADERS[1]"\x1f"$CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY[1]"
    for __c_k in $__ccproxy_names
        set -l __c_v $__c_rest[1]
        set -l __c_flag u
        set -e __c_rest[1]
        if contains -- $__c_k $__c_kept
            set __c_flag k
        else if set -q $__c_k
            # This very shell puts back lists as lists, and lets a universal variable show through again.
            set -qg $__c_k
            and set -g __ccproxy_old_$__c_k g $$__c_k
            or set -g __ccproxy_old_$__c_k U
            set __c_flag n
            set -qx $__c_k
            and set __c_flag x
        end
        set __c_saved "$__c_saved$__c_k=$__c_flag=$__c_v|"
        switch $__c_flag
            case x
                set -l __c_mine "$$__c_k"
                set -l __c_own __ccproxy_old_$__c_k
                test -n "$__c_mine"
                and __ccproxy_join
                set -g __ccproxy_pair_old_$__c_k __CCPROXY_OLD_$__c_k $__c_mine
                set -g __ccproxy_pair_back_$__c_k $__c_k $__c_mine
                set -a __ccproxy_redo __ccproxy_pair_old_$__c_k
                set -a __ccproxy_back __ccproxy_pair_back_$__c_k
                set -a __ccproxy_gone __CCPROXY_OLD_$__c_k $__c_own
                set -a __ccproxy_exported $__c_k
                test -n "$__c_mine" -a "g $__c_mine" = "$$__c_own" -a (count $$__c_own) = 2
                or set __c_simple ''
            case u
                set -a __ccproxy_gone $__c_k
                set -a __ccproxy_unset $__c_k
            case k
                set __c_simple ''
                continue
            case n
                set __c_simple ''
        end
        set -g __ccproxy_pair_$__c_k $__c_k $__c_v
        set -a __c_set __ccproxy_pair_$__c_k
    end
    set -g __ccproxy_pair_root __CCPROXY_ROOT $__c_dir
    set -g __ccproxy_pair_saved __CCPROXY_SAVED $__c_saved
    set -a __ccproxy_redo __ccproxy_pair_saved $__c_set
    for __c_pair in $__ccproxy_redo
        set -gx $$__c_pair
    end
    if test -n "$__c_simple"
        set -a __ccproxy_gone __CCPROXY_ROOT __CCPROXY_SAVED
        set -g __ccproxy_missing (math 1 + (count $__ccproxy_unset))
        set -g __ccproxy_left "$ANTHROPIC_BASE_URL"\x1f"$CCPROXY_PROFILE"\x1f"$ANTHROPIC_CUSTOM_HEADERS"\x1f"$NO_PROXY"\x1f"$no_proxy"\x1f"$ENABLE_TOOL_SEARCH"\x1f"$CLAUDE_CODE_GATEWAY_HINT_HEADERS"\x1f"$CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY"
        set -g __ccproxy_mine $__c_saved
        set -g __ccproxy_again $__c_picture
    end
end

# Puts back what was there; a variable the user changed meanwhile keeps the user's value.
function __ccproxy_leave --no-scope-shadowing
    set -l __c_changed
    set -l __c_fields
    string match -q '2|*' -- "$__CCPROXY_SAVED"
    and set __c_fields (string match -ar '(?<=\|)(ANTHROPIC_BASE_URL|CCPROXY_PROFILE|ANTHROPIC_CUSTOM_HEADERS|NO_PROXY|no_proxy|ENABLE_TOOL_SEARCH|CLAUDE_CODE_GATEWAY_HINT_HEADERS|CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY)=([uxnk])=([^|\n]*)\|' -- "$__CCPROXY_SAVED")
    set -l __c_gone
    while set -q __c_fields[4]
        set -l __c_k $__c_fields[2]
        set -l __c_flag $__c_fields[3]
        set -l __c_v $__c_fields[4]
        set -e __c_fields[1..4]
        if test $__c_flag != k
            set -l __c_old __CCPROXY_OLD_$__c_k
            set -l __c_own __ccproxy_old_$__c_k
            if test $__c_flag = x; and set -q $__c_old
                set -l __c_mine "$$__c_old"
                test -n "$__c_mine"
                and __ccproxy_join
            end
            if set -q $__c_k; and test "$$__c_k" = "$__c_v"
                set -eg $__c_k
                if test $__c_flag = u
                    true
                else if set -q $__c_own
                    set -l __c_list $$__c_own
                    if test "$__c_list[1]" = g
                        test $__c_flag = x
                        and set -gx $__c_k $__c_list[2..-1]
                        or set -gu $__c_k $__c_list[2..-1]
                    end
                else if test $__c_flag = x; and set -q $__c_old
                    set -gx $__c_k "$$__c_old"
                end
            else if test -n "$__c_half" -a "$$__c_k" = "$$__c_old"
                true # entering was interrupted before it was set
            else
                set -a __c_changed $__c_k
            end
        else if test "$__CCPROXY_ROOT" = "$__c_dir"
            set -a __c_kept $__c_k
        end
        set -a __c_gone __CCPROXY_OLD_$__c_k __ccproxy_old_$__c_k
    end
    test "$__CCPROXY_ROOT" = "$__c_dir"
    and set -a __c_kept $__c_changed
    set -eg $__c_gone __CCPROXY_ROOT __CCPROXY_SAVED
    if set -q __c_changed[1]
        set -ga __ccproxy_notices "ccproxy: kept your own value of $__c_changed"
    end
end

# Queues one sentence about the project, once per project and reason; it is printed at the next prompt, never in the middle of a line.
function __ccproxy_note --no-scope-shadowing
    set -l __c_name (string replace -ra '[\x00-\x1f\x7f-\x9f]' '?' -- $__c_dir | string replace -r '(.)/$' '$1' | string escape | string collect)
    set -l __c_line "ccproxy: $__c_name $__c_reason"
    contains -- $__c_line $__ccproxy_noted
    and return
    set -q __ccproxy_noted[64]
    and set -g __ccproxy_noted
    set -ga __ccproxy_noted $__c_line
    set -ga __ccproxy_notices $__c_line
end
