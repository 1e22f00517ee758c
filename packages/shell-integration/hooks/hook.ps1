# ccproxy hook for PowerShell 7.2 or newer, version @VERSION@. Written by `ccproxy shell-integration powershell`; edits are lost.
# Nothing here starts a process or evaluates text.
if ($PSVersionTable.PSVersion -lt [version]'7.2') { return }
$global:__ccproxy = @{ State = @STATE@; Pwd = $null; Mark = ''; Id = ''; Stamp = ''; Noted = @{}; Notices = [System.Collections.Generic.List[string]]::new(); Old = @{} }
$global:CCPROXY_PROMPT = ''

# The current epoch: its origin when a daemon serves, else an empty string.
function global:__ccproxy_epoch {
    $g = $global:__ccproxy
    $g.Mark = ''
    try { $line = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($g.State, 'shell', 'epoch')) } catch { return '' }
    if ($line -cnotmatch '\A1 ([a-z0-9]{8,32}) ([46]) ([0-9]{1,5}) [0-9]{1,10}\n\z') { return '' }
    $id = $Matches[1]; $family = $Matches[2]; $port = $Matches[3]
    $mark = [System.IO.Path]::Combine($g.State, 'shell', "epoch.$id")
    if (-not (__ccproxy_exists $mark)) { return '' }
    $g.Mark = $mark
    if ($port -eq '0') { return '' }
    if ($family -eq '4') { return "http://127.0.0.1:$port" }
    return "http://[::1]:$port"
}

# Whether a mark is there: a link counts when what it leads to is there.
function global:__ccproxy_exists([string] $path) {
    if ($path -eq '') { return $false }
    $info = [System.IO.FileInfo]::new($path)
    if ($null -ne $info.LinkTarget) { return [System.IO.File]::Exists($info.LinkTarget) }
    return $info.Exists
}

function global:__ccproxy_entry([string] $dir, [string] $name) {
    $path = $dir -replace '^([A-Za-z]):', '$1'
    return [System.IO.Path]::Combine($global:__ccproxy.State, 'env', $path.TrimStart('/', '\'), $name)
}

# The number of the allowed copy the bytes are equal to; -1 when there is none.
function global:__ccproxy_match([string] $dir, [byte[]] $live) {
    foreach ($n in 0..7) {
        try { $copy = [System.IO.File]::ReadAllBytes((__ccproxy_entry $dir ".ccproxy-trusted.$n")) } catch { return -1 }
        if ([System.Linq.Enumerable]::SequenceEqual([byte[]]$live, [byte[]]$copy)) { return $n }
    }
    return -1
}

# The variables that hold for one allowed content, in order; $null when the entry sets nothing.
function global:__ccproxy_records([string] $dir, [int] $slot, [string] $origin) {
    $records = [System.IO.File]::ReadAllText((__ccproxy_entry $dir '.ccproxy-env')).Split([char]0)
    if ($records[0] -cne '1') { return $null }
    $block = ''
    $found = [ordered]@{}
    foreach ($record in $records) {
        if ($record.StartsWith('@')) { $block = $record.Substring(1); continue }
        if ($block -ne '' -and $block -ne "$slot") { continue }
        switch -CaseSensitive -Regex ($record) {
            '\AANTHROPIC_BASE_URL=(/p/[A-Za-z0-9_-]{1,64})\z' { $found['ANTHROPIC_BASE_URL'] = $origin + $Matches[1] }
            '\A(CCPROXY_PROFILE)=([A-Za-z0-9._-]{1,64})\z' { $found[$Matches[1]] = $Matches[2] }
            '\A(ANTHROPIC_CUSTOM_HEADERS)=(x-ccproxy-token: [A-Za-z0-9._-]{1,256})\z' { $found[$Matches[1]] = $Matches[2] }
            '\A(NO_PROXY|no_proxy)=([A-Za-z0-9.,:-]{1,256})\z' { $found[$Matches[1]] = $Matches[2] }
            '\A(ENABLE_TOOL_SEARCH|CLAUDE_CODE_GATEWAY_HINT_HEADERS|CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY)=([A-Za-z0-9]{1,16})\z' { $found[$Matches[1]] = $Matches[2] }
        }
    }
    if (-not $found.Contains('ANTHROPIC_BASE_URL')) { return $null }
    return $found
}

function global:__ccproxy_get([string] $name) { return [System.Environment]::GetEnvironmentVariable($name) }
function global:__ccproxy_set([string] $name, $value) { [System.Environment]::SetEnvironmentVariable($name, $value) }

# The value to set when the user's own is $old: some lists are joined, the others replaced.
function global:__ccproxy_join([string] $name, $old, [string] $value) {
    if ("$old" -ne '' -and $name -ceq 'ANTHROPIC_CUSTOM_HEADERS') { return "$old`n$value" }
    if ("$old" -ne '' -and $name -in 'NO_PROXY', 'no_proxy') { return "$old,$value" }
    return $value
}

# Sets the variables. __CCPROXY_SAVED remembers for each what was there (u unset, x exported; PowerShell knows no other) and what we put there.
function global:__ccproxy_enter([string] $root, $found) {
    $saved = '2|'
    foreach ($name in $found.Keys) {
        $old = __ccproxy_get $name
        $saved += "${name}=$(if ($null -eq $old) { 'u' } else { 'x' })=$($found[$name])|"
        if ($null -ne $old) { __ccproxy_set "__CCPROXY_OLD_$name" $old }
        __ccproxy_set $name (__ccproxy_join $name $old $found[$name])
    }
    __ccproxy_set '__CCPROXY_SAVED' $saved
    __ccproxy_set '__CCPROXY_ROOT' ($root.TrimEnd('/', '\') + '/')
}

# Puts back what was there; a variable the user changed meanwhile keeps the user's value.
function global:__ccproxy_leave {
    $saved = __ccproxy_get '__CCPROXY_SAVED'
    if ("$saved" -cnotmatch '\A2\|') { return }
    foreach ($match in [regex]::Matches($saved, '(?<=\|)(ANTHROPIC_BASE_URL|CCPROXY_PROFILE|ANTHROPIC_CUSTOM_HEADERS|NO_PROXY|no_proxy|ENABLE_TOOL_SEARCH|CLAUDE_CODE_GATEWAY_HINT_HEADERS|CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY)=([uxn])=([^|]*)\|')) {
        $name = $match.Groups[1].Value
        $old = if ($match.Groups[2].Value -ceq 'x') { __ccproxy_get "__CCPROXY_OLD_$name" } else { $null }
        $now = __ccproxy_get $name
        if ($null -ne $now -and $now -ceq (__ccproxy_join $name $old $match.Groups[3].Value)) { __ccproxy_set $name $old }
        else { $global:__ccproxy.Notices.Add("ccproxy: kept your own value of $name") }
        __ccproxy_set "__CCPROXY_OLD_$name" $null
    }
    __ccproxy_set '__CCPROXY_SAVED' $null
    __ccproxy_set '__CCPROXY_ROOT' $null
}

# Decides anew: which project, allowed or not, daemon there or not; then leaves, stays or enters.
function global:__ccproxy_look {
    $g = $global:__ccproxy
    $location = $ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath
    $origin = __ccproxy_epoch
    $g.Pwd = $location
    $global:CCPROXY_PROMPT = ''
    $dir = $location
    $file = $null
    for ($steps = 0; $steps -lt 64 -and $dir; $steps++) {
        $candidate = [System.IO.Path]::Combine($dir, '.ccproxy.yaml')
        if ([System.IO.File]::Exists($candidate)) { $file = $candidate; break }
        if ($dir -eq $HOME) { break }
        $dir = [System.IO.Path]::GetDirectoryName($dir)
    }
    $verdict = 'outside'
    $g.Stamp = ''
    if ($null -ne $file) {
        $info = [System.IO.FileInfo]::new($file)
        $g.Stamp = "$file|$($info.Length)|$($info.LastWriteTimeUtc.Ticks)"
        $environment = [System.IO.FileInfo]::new((__ccproxy_entry $dir '.ccproxy-env'))
        $verdict = 'new'
        if ($environment.Exists) {
            $verdict = 'denied'
            if ($environment.Length -gt 0) {
                $verdict = 'changed'
                $slot = -1
                if ($info.Length -lt 65536) { try { $slot = __ccproxy_match $dir ([System.IO.File]::ReadAllBytes($file)) } catch { $slot = -1 } }
                if ($slot -ge 0) {
                    $verdict = 'stopped'
                    if ($origin -ne '') { $found = __ccproxy_records $dir $slot $origin; $verdict = if ($null -eq $found) { 'unusable' } else { 'allowed' } }
                }
            }
        }
    }
    if ($verdict -eq 'allowed') {
        $global:CCPROXY_PROMPT = if ($found.Contains('CCPROXY_PROFILE')) { $found['CCPROXY_PROFILE'] } else { 'on' }
        $g.Noted = @{}
        if ((__ccproxy_get '__CCPROXY_ROOT') -ceq ($dir.TrimEnd('/', '\') + '/') -and $g.Id -ceq "$($g.Mark)|$slot") { return }
        $g.Id = "$($g.Mark)|$slot"
        __ccproxy_leave
        __ccproxy_enter $dir $found
        return
    }
    __ccproxy_leave
    $reason = switch ($verdict) {
        'stopped' { 'is allowed, but no daemon runs: ccproxy start' }
        'new' { 'has a .ccproxy.yaml that is not allowed: read it, then run ccproxy allow there' }
        'changed' { 'has a .ccproxy.yaml that is not the one you allowed: read it, then run ccproxy allow there' }
        'unusable' { 'has an entry this hook cannot use: run ccproxy allow there again' }
        default { '' }
    }
    if ($reason -eq '') { return }
    $global:CCPROXY_PROMPT = if ($verdict -eq 'stopped') { 'off' } else { '?' }
    $sentence = "ccproxy: $($dir -replace '[\x00-\x1f\x7f-\x9f]', '?') $reason"
    if (-not $g.Noted.ContainsKey($sentence)) {
        if ($g.Noted.Count -gt 64) { $g.Noted = @{} }
        $g.Noted[$sentence] = $true
        $g.Notices.Add($sentence)
    }
}

# At every prompt.
function global:__ccproxy_hook {
    $g = $global:__ccproxy
    $location = $ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath
    $stamp = ''
    if ($g.Stamp -ne '') {
        $info = [System.IO.FileInfo]::new($g.Stamp.Split('|')[0])
        if ($info.Exists) { $stamp = "$($info.FullName)|$($info.Length)|$($info.LastWriteTimeUtc.Ticks)" }
    }
    if ($location -cne $g.Pwd -or -not (__ccproxy_exists $g.Mark) -or $stamp -cne $g.Stamp -or ($g.Stamp -eq '' -and [System.IO.File]::Exists([System.IO.Path]::Combine($location, '.ccproxy.yaml')))) { __ccproxy_look }
    foreach ($notice in $g.Notices) { [Console]::Error.WriteLine($notice) }
    $g.Notices.Clear()
}

if (-not $global:__ccproxy_installed) {
    $global:__ccproxy_installed = $true
    $global:__ccproxy_prompt = $function:prompt
    function global:prompt {
        $status = $?
        $code = $global:LASTEXITCODE
        __ccproxy_hook
        $global:LASTEXITCODE = $code
        if (-not $status) { Write-Error '' -ErrorAction Ignore }
        & $global:__ccproxy_prompt
    }
    $action = [System.EventHandler[System.Management.Automation.LocationChangedEventArgs]] { param($source, $changed) __ccproxy_look }
    $ExecutionContext.InvokeCommand.LocationChangedAction = [System.Delegate]::Combine($ExecutionContext.InvokeCommand.LocationChangedAction, $action)
}

# `claude` through ccproxy: only when the stub asks for it.
if ($args.Count -gt 0 -and $args[0] -eq 'claude') {
    function global:claude {
        $real = Get-Command -CommandType Application -Name claude -ErrorAction Ignore | Select-Object -First 1
        $own = Get-Command -CommandType Application -Name ccproxy -ErrorAction Ignore | Select-Object -First 1
        if ($env:CLAUDECODE -or -not $own) { & $real @args; return }
        if (Get-Command -CommandType Function -Name __ccproxy_hook -ErrorAction Ignore) { __ccproxy_hook }
        & $own claude -- @args
    }
}
