"""Completion for a shell: prints the script that the shell loads."""

import sys

from typer._click import types
from typer.core import TyperArgument, TyperCommand

from cpoctl.cli.flags import options
from cpoctl.errors import UsageProblem, nearest

SCRIPTS = {
    "bash": """\
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
""",
    "zsh": """\
#compdef cpoctl
# cpoctl completion for zsh: source <(cpoctl completion zsh)
_cpoctl() {
    local -a found
    local line
    for line in "${(@f)$(command $words[1] _complete $((CURRENT - 1)) "${words[@]}" 2>/dev/null)}"; do
        [[ -n $line ]] && found+=("${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}")
    done
    _describe cpoctl found || _files
}
compdef _cpoctl cpoctl
""",
    "fish": """\
# cpoctl completion for fish: cpoctl completion fish | source
function __cpoctl_complete
    set -l before (commandline -opc)
    cpoctl _complete (count $before) $before (commandline -ct) 2>/dev/null
end
complete -c cpoctl -f -a '(__cpoctl_complete)'
""",
    "powershell": """\
# cpoctl completion for PowerShell: cpoctl completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName cpoctl -ScriptBlock {
    param($word, $ast, $position)
    $words = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { "$_" })
    cpoctl _complete $words.Count @words $word 2>$null | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
""",
}


def command() -> TyperCommand:
    """`cpoctl completion SHELL`."""
    shell = TyperArgument(
        param_decls=["shell"], type=types.STRING, required=True, metavar="SHELL", help=" ".join(SCRIPTS)
    )
    return TyperCommand(
        "completion",
        help="Print the completion script of a shell.",
        params=[shell, *options(hidden=True)],
        callback=_print,
        epilog="\b\nExamples:\n  source <(cpoctl completion bash)",
        rich_markup_mode=None,
    )


def _print(shell: str) -> None:
    if shell not in SCRIPTS:
        raise UsageProblem(f"no completion for {shell}{nearest(shell, SCRIPTS)}", hints=["cpoctl completion bash"])
    sys.stdout.write(SCRIPTS[shell])
