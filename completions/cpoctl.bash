# cpoctl completion for bash: source <(cpoctl completion bash)
_cpoctl() {
    local rest=$COMP_LINE word line current replaced kept i
    local -a words=()
    # bash takes HQ-07:2 and --output=json apart at : and =; what stands together in the line is one word
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i)) && [[ -n $rest && $rest != [[:space:]]* ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
            rest=${rest#"${rest%%[![:space:]]*}"}
        fi
        rest=${rest#"$word"}
    done
    words=("${words[@]//\\/}")
    current=${words[${#words[@]} - 1]}
    # what bash puts a candidate in the place of begins after the last : or =, or at the last @
    replaced=$current
    [[ $COMP_WORDBREAKS == *:* ]] && replaced=${replaced##*:}
    [[ $COMP_WORDBREAKS == *=* ]] && replaced=${replaced##*=}
    [[ $COMP_WORDBREAKS == *@* && $replaced == *@* ]] && replaced=@${replaced##*@}
    kept=${current%"$replaced"}
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("${line:${#kept}}")
    done < <(command "${words[0]}" _complete "$((${#words[@]} - 1))" "${words[@]}" 2>/dev/null | cut -f1)
    if [[ ${#COMPREPLY[@]} -eq 0 && $current == @* ]]; then
        while IFS= read -r line; do
            COMPREPLY+=("@$line")
        done < <(compgen -f -- "${current#@}")
    fi
    for i in "${!COMPREPLY[@]}"; do  # an id may hold signs that mean something to a shell
        [[ ${COMPREPLY[i]} == *[!A-Za-z0-9_.,:=@%+/~-]* ]] && printf -v "COMPREPLY[$i]" '%q' "${COMPREPLY[i]}"
    done
    return 0
}
complete -o default -F _cpoctl cpoctl
