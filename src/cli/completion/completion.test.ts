import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../table.ts'
import { bashScript } from './bash.ts'
import { completionEntries } from './entries.ts'
import { fishScript } from './fish.ts'
import { pwshScript } from './pwsh.ts'
import { zshScript } from './zsh.ts'

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript, pwsh: pwshScript }

/** What a real bash offers after this line. */
function completeInBash(line: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'jetway-completion-'))
  try {
    const words = line.split(' ')
    const file = join(folder, 'try.bash')
    writeFileSync(
      file,
      `${bashScript()}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_jetway
printf '%s\\n' "\${COMPREPLY[@]}"
`,
    )
    writeFileSync(join(folder, 'config.yaml'), '')
    const output = execFileSync('bash', ['--norc', file], { encoding: 'utf8', cwd: folder })
    return output.split('\n').filter((word) => word !== '')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('completion', () => {
  for (const [shell, script] of Object.entries(scripts)) {
    test(`${shell}: every command and every shown option is in the script`, () => {
      const text = script()
      for (const { commands, options } of completionEntries()) {
        for (const { name } of commands) expect(text).toContain(name)
        for (const { name } of options) expect(text).toContain(name)
      }
      expect(text).not.toContain('run_gunicorn')
    })
  }

  const cases: readonly [line: string, offered: readonly string[]][] = [
    ['jetway sta', ['start', 'status']],
    ['jetway start --po', ['--port']],
    ['jetway config ', ['check']],
    ['jetway completion z', ['zsh']],
    ['jetway start --config con', ['config.yaml']],
    ['jetway config check con', ['config.yaml']],
    ['jetway start --port ', []],
  ]
  test.each(cases)('bash after "%s"', (line, offered) => {
    const found = completeInBash(line)
    if (offered.length === 0) expect(found).toEqual([])
    for (const word of offered) expect(found).toContain(word)
  })

  test('bash offers all commands at the start', () => {
    const found = completeInBash('jetway ')
    for (const { name } of COMMANDS) expect(found).toContain(name)
  })
})
