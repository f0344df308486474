#compdef cpoctl
# cpoctl completion for zsh: source <(cpoctl completion zsh), or as a file _cpoctl in a directory of $fpath
_cpoctl() {
    local -a found
    local line
    for line in "${(@f)$(command $words[1] _complete $((CURRENT - 1)) "${(@Q)words}" 2>/dev/null)}"; do
        [[ -n $line ]] && found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    _describe cpoctl found || _files
}
if [[ $funcstack[1] == _cpoctl ]]; then
    _cpoctl "$@"
else
    compdef _cpoctl cpoctl
fi
