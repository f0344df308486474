# cpoctl completion for fish: cpoctl completion fish | source
function __cpoctl_complete
    set -l before (commandline -opc)
    cpoctl _complete (count $before) $before (commandline -ct) 2>/dev/null
end
complete -c cpoctl -f -a '(__cpoctl_complete)'
