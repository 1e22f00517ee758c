# ccproxy hook for fish, version @VERSION@. Written by `ccproxy shell-integration fish`; edits are lost.
# Nothing here starts a process or evaluates text; names begin with __ccproxy_ (functions, state) or __c_ (locals).
set -g __ccproxy_state @STATE@
set -g __ccproxy_outside ''
set -g __ccproxy_inside ''
for __ccproxy_name in pwd mark origin here file copy memo body slot profile length lost busy
    set -g __ccproxy_$__ccproxy_name ''
end
set -e __ccproxy_name
set -g __ccproxy_notices
set -g __ccproxy_noted
set -g CCPROXY_PROMPT ''
# Older fish cannot compare times: there the file is compared at every prompt.
builtin test / -nt / 2>/dev/null
test $status -le 1
and set -g __ccproxy_times 1
or set -g __ccproxy_times ''

# At every prompt. Unchanged directory, epoch and project file: two to five stats, and done.
function __ccproxy_hook --on-event fish_prompt
    test "$PWD" = "$__ccproxy_outside" -a -e "$__ccproxy_mark" -a ! -O "$__ccproxy_here"
    or test "$PWD" = "$__ccproxy_inside" -a -e "$__ccproxy_mark" -a -f "$__ccproxy_file" -a ! "$__ccproxy_file" -nt "$__ccproxy_copy" -a ! -O "$__ccproxy_here"
    or __ccproxy_look
    if set -q __ccproxy_notices[1]
        builtin printf '%s\n' $__ccproxy_notices >&2
        set -g __ccproxy_notices
    end
end

function __ccproxy_moved --on-variable PWD
    test "$PWD" = "$__ccproxy_pwd"
    or __ccproxy_look
end

# Decides anew: which project, allowed or not, daemon there or not; then leaves, stays or enters.
function __ccproxy_look
    set -l IFS \n' '\t
    set -l fish_read_limit 65536
    set -l __c_dir
    set -l __c_file
    set -l __c_kept
    set -l __c_reason
    set -l __c_verdict outside
    set -l __c_before $__ccproxy_pwd
    set -g __ccproxy_pwd $PWD
    set -g __ccproxy_here $PWD/.ccproxy.yaml
    test "$__ccproxy_lost" = "$PWD"
    or set -g __ccproxy_lost ''
    # Interrupted, the next prompt looks again: the state of the prompt is set last, and what is half done is known as such.
    set -l __c_half $__ccproxy_busy
    set -g __ccproxy_busy 1
    set -g __ccproxy_outside ''
    set -g __ccproxy_inside ''
    if test -e "$__ccproxy_mark"
        __ccproxy_find
        if test -n "$__c_file"
            if test -n "$__ccproxy_times" -a -z "$__c_half" -a "$__c_file" = "$__ccproxy_file" -a ! "$__c_file" -nt "$__ccproxy_copy"
                test "$__ccproxy_here" = "$__c_file"
                and set -g __ccproxy_here ''
                set -g __ccproxy_busy ''
                set -g __ccproxy_inside $PWD
                return
            end
            __ccproxy_judge
        end
    else
        __ccproxy_epoch
        __ccproxy_find
        test -n "$__c_file"
        and __ccproxy_judge
    end
    if test $__c_verdict = allowed
        if test -z "$__ccproxy_origin"
            set __c_verdict stopped
        else if test -z "$__ccproxy_memo"
            __ccproxy_load
        end
    end
    if test $__c_verdict = allowed
        set -g __ccproxy_file $__c_file
        set -g __ccproxy_copy $__ccproxy_state/env$__c_dir.ccproxy-trusted.$__ccproxy_slot
        set -g __ccproxy_noted
        set -g CCPROXY_PROMPT $__ccproxy_profile
        test "$__ccproxy_here" = "$__c_file"
        and set -g __ccproxy_here ''
        if test -z "$__CCPROXY_SAVED"
            __ccproxy_enter
        else if test -n "$__c_half"; or not __ccproxy_same
            __ccproxy_leave
            __ccproxy_enter
        end
        set -g __ccproxy_busy ''
        test -n "$__ccproxy_times"
        and set -g __ccproxy_inside $PWD
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
        case outside denied
            test "$__ccproxy_lost" = "$PWD"
            or set -g __ccproxy_outside $PWD
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
            set -g __ccproxy_outside $PWD
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

# The nearest project file of our own, from $PWD up to $HOME or the root: sets __c_dir (it ends with a slash) and __c_file.
function __ccproxy_find --no-scope-shadowing
    set -l __c_folder /
    set -l __c_folders
    set -l __c_parts
    test "$PWD" = /
    and set -g __ccproxy_here /.ccproxy.yaml
    if string match -qr '\n|/\.\.?/|^//' -- $PWD/
        __ccproxy_climb
        return
    end
    # Downwards, from $HOME when it is above: only strings are put together, nothing is substituted per level.
    set __c_parts (string split -- / $PWD/)
    if test -n "$HOME" -a "$__c_parts[1..$__ccproxy_depth]" = "$__ccproxy_home"
        set __c_folder $HOME/
        set -e __c_parts[1..$__ccproxy_depth]
    else
        set -e __c_parts[1]
    end
    for __c_part in $__c_parts
        if test -O $__c_folder.ccproxy.yaml -a -f $__c_folder.ccproxy.yaml
            set __c_dir $__c_folder
        end
        set __c_folder $__c_folder$__c_part/
    end
    test -n "$__c_dir"
    and set __c_file $__c_dir.ccproxy.yaml
end

# The same for the rare path with a line end: a substitution splits at line ends and drops trailing ones, so each level ends with a slash.
function __ccproxy_climb --no-scope-shadowing
    string match -qr '/\.\.?/|^//' -- $PWD/
    and return
    set __c_folder $PWD/
    while true
        if test -O "$__c_folder.ccproxy.yaml" -a -f "$__c_folder.ccproxy.yaml"
            set __c_dir $__c_folder
            set __c_file "$__c_folder.ccproxy.yaml"
            return
        end
        test $__c_folder = / -o $__c_folder = "$HOME/"
        and return
        set __c_folder (string replace -r '[^/]*/$' '' -- $__c_folder | string collect)
    end
end
set -g __ccproxy_home (string split -- / $HOME)
set -g __ccproxy_depth (count $__ccproxy_home)
set -g __ccproxy_home "$__ccproxy_home"

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
    set -l __c_found 1:
    set -l __c_rest $__ccproxy_values
    test "$__CCPROXY_ROOT" = "$__c_dir"
    or return 1
    for __c_k in $__ccproxy_names
        set -l __c_v $__c_rest[1]
        set -e __c_rest[1]
        set -l __c_old __CCPROXY_OLD_$__c_k
        set -l __c_new __CCPROXY_NEW_$__c_k
        set -l __c_mine "$$__c_old"
        test -n "$__c_mine"
        and __ccproxy_join
        if string match -q "*:$__c_k=k:*" -- "$__CCPROXY_SAVED"
            set __c_found $__c_found$__c_k=k:
            continue
        end
        test "$$__c_new" = "$__c_v"
        or return 1
        for __c_flag in u x n
            string match -q "*:$__c_k=$__c_flag:*" -- "$__CCPROXY_SAVED"
            and set __c_found $__c_found$__c_k=$__c_flag:
        end
    end
    test "$__c_found" = "$__CCPROXY_SAVED"
end

# Sets the variables, remembering what was there: u unset, x exported, n not exported, k the user's own and left alone. The record comes
# before what is recorded, so that an interruption finds nothing set that is not.
function __ccproxy_enter --no-scope-shadowing
    set -l __c_saved 1:
    set -l __c_set
    set -l __c_rest $__ccproxy_values
    for __c_k in $__ccproxy_names
        set -l __c_v $__c_rest[1]
        set -e __c_rest[1]
        if set -q $__c_k
            if set -q __c_kept[1]; and contains -- $__c_k $__c_kept
                set __c_saved $__c_saved$__c_k=k:
                continue
            end
            # This very shell puts back lists as lists, and lets a universal variable show through again.
            set -qg $__c_k
            and set -g __ccproxy_old_$__c_k g $$__c_k
            or set -g __ccproxy_old_$__c_k U
            if set -qx $__c_k
                set -l __c_mine "$$__c_k"
                set __c_saved $__c_saved$__c_k=x:
                set -gx __CCPROXY_OLD_$__c_k $__c_mine
                test -n "$__c_mine"
                and __ccproxy_join
            else
                set __c_saved $__c_saved$__c_k=n:
            end
        else if set -q __c_kept[1]; and contains -- $__c_k $__c_kept
            set __c_saved $__c_saved$__c_k=k:
            continue
        else
            set __c_saved $__c_saved$__c_k=u:
        end
        set -gx __CCPROXY_NEW_$__c_k $__c_v
        set -a __c_set $__c_k
    end
    set -gx __CCPROXY_ROOT $__c_dir
    set -gx __CCPROXY_SAVED $__c_saved
    for __c_k in $__c_set
        set -l __c_new __CCPROXY_NEW_$__c_k
        set -gx $__c_k $$__c_new
    end
end

# Puts back what was there; a variable the user changed meanwhile keeps the user's value.
function __ccproxy_leave --no-scope-shadowing
    set -l __c_changed
    set -l __c_fields
    string match -q '1:*' -- "$__CCPROXY_SAVED"
    and set __c_fields (string match -ar '(ANTHROPIC_BASE_URL|CCPROXY_PROFILE|ANTHROPIC_CUSTOM_HEADERS|NO_PROXY|no_proxy|ENABLE_TOOL_SEARCH|CLAUDE_CODE_GATEWAY_HINT_HEADERS|CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY)=([uxnk]):' -- $__CCPROXY_SAVED)
    set -l __c_gone
    while set -q __c_fields[3]
        set -l __c_k $__c_fields[2]
        set -l __c_flag $__c_fields[3]
        set -l __c_new __CCPROXY_NEW_$__c_k
        set -e __c_fields[1..3]
        if test $__c_flag != k; and set -q $__c_new
            set -l __c_old __CCPROXY_OLD_$__c_k
            set -l __c_own __ccproxy_old_$__c_k
            if set -q $__c_k; and test "$$__c_k" = "$$__c_new"
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
        else if test $__c_flag = k -a "$__CCPROXY_ROOT" = "$__c_dir"
            set -a __c_kept $__c_k
        end
        set -a __c_gone $__c_new __CCPROXY_OLD_$__c_k __ccproxy_old_$__c_k
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

# Completion: the words lie in a file that is read at the first Tab.
function __ccproxy_complete
    if not functions -q __ccproxy_complete_words; and test -r $__ccproxy_state/shell/completion.fish
        source $__ccproxy_state/shell/completion.fish
    end
    functions -q __ccproxy_complete_words
    and __ccproxy_complete_words
end
complete -c ccproxy -f -a '(__ccproxy_complete)'
complete -c cc-proxy -f -a '(__ccproxy_complete)'

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
