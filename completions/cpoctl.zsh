#compdef cpoctl
# cpoctl completion for zsh: source <(cpoctl completion zsh)
_cpoctl() {
    local -a found
    local line
    for line in "${(@f)$(command $words[1] _complete $((CURRENT - 1)) "${words[@]}" 2>/dev/null)}"; do
        [[ -n $line ]] && found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    _describe cpoctl found || _files
}
compdef _cpoctl cpoctl
