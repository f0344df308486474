# cpoctl completion for bash: source <(cpoctl completion bash)
_cpoctl() {
    local line quoted current="${COMP_WORDS[COMP_CWORD]}"
    COMPREPLY=()
    while IFS= read -r line; do
        printf -v quoted '%q' "$line"  # an id may hold signs that mean something to a shell
        COMPREPLY+=("$quoted")
    done < <(command "${COMP_WORDS[0]}" _complete "$COMP_CWORD" "${COMP_WORDS[@]}" 2>/dev/null | cut -f1)
    if [[ ${#COMPREPLY[@]} -eq 0 && "$current" == @* ]]; then
        COMPREPLY=($(compgen -P @ -f -- "${current#@}"))
    fi
}
complete -o default -F _cpoctl cpoctl
