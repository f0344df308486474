# cpoctl completion for bash: source <(cpoctl completion bash)
_cpoctl() {
    local IFS=$'\n' current="${COMP_WORDS[COMP_CWORD]}"
    COMPREPLY=($(command "${COMP_WORDS[0]}" _complete "$COMP_CWORD" "${COMP_WORDS[@]}" 2>/dev/null | cut -f1))
    if [[ ${#COMPREPLY[@]} -eq 0 && "$current" == @* ]]; then
        COMPREPLY=($(compgen -P @ -f -- "${current#@}"))
    fi
}
complete -o default -F _cpoctl cpoctl
