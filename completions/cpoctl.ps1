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
