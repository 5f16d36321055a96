import { completionEntries } from './entries.ts'
import type { CompletionEntry } from './entries.ts'

/** `jetway completion pwsh | Out-String | Invoke-Expression` */
export function pwshScript(): string {
  return `# jetway completion for PowerShell: jetway completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName jetway -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $entries = @{
${completionEntries().map(entryLine).join('\n')}
  }
  $path = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    $next = "$path $($element.Extent.Text)".Trim()
    if ($entries.ContainsKey($next)) { $path = $next }
  }
  foreach ($pair in $entries[$path]) {
    $word, $says = $pair
    if ($word -like "$wordToComplete*") {
      [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $says)
    }
  }
}
`
}

function entryLine({ path, commands, options, argument }: CompletionEntry): string {
  const pairs = [
    ...commands.map(({ name, summary }) => [name, summary] as const),
    ...(argument?.choices ?? []).map((choice) => [choice, argument?.summary ?? ''] as const),
    ...options.map(({ name, summary }) => [`--${name}`, summary] as const),
  ]
  const items = pairs.map(([word, says]) => `      ,@(${quoted(word)}, ${quoted(says)})`)
  return `    ${quoted(path.join(' '))} = @(\n${items.join('\n')}\n    )`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
