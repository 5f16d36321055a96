import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CommandSpec, OptionSpec } from '../../src/cli/command.ts'
import { COMMANDS, GLOBAL_OPTIONS } from '../../src/cli/table.ts'
import { root } from '../support/require.ts'

/** Every `jetway …` that a page shows, in a fence or within a sentence, is a command with options that exist. */
const FOLDERS = ['.', 'docs', 'docs/adr', 'examples', 'deploy']
const SHOWN = /(?:^|`|\$ |\| |npx |; |&& )jetway ((?:[a-z-]+|--?[a-z]).*?)(?:`|$)/gm

const pages = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md') || name === 'llms.txt')
    .map((name) => join(folder, name)),
)

describe('commands that pages show', () => {
  test.each(pages)('%s', (page) => {
    const text = readFileSync(join(root, page), 'utf8')
    const wrong = [...text.matchAll(SHOWN)]
      .map((match) => ({ line: match[1] ?? '', problem: problemOf(match[1] ?? '') }))
      .filter(({ problem }) => problem !== undefined)
    expect(wrong).toEqual([])
  })

  test('one that is not there is found', () => {
    expect(problemOf('fly --now')).toBe("there is no command 'fly'")
    expect(problemOf('start --demos')).toBe('start takes no --demos')
    expect(problemOf('keys make')).toBe("keys has no 'make'")
    expect(problemOf('start --demo # words')).toBeUndefined()
    expect(problemOf('launch codex -- exec --full-auto')).toBeUndefined()
  })
})

/** Why a command line cannot be understood, or `undefined`. Words in capitals stand for something else. */
function problemOf(line: string): string | undefined {
  const words = line
    .replace(/\s#\s.*$|\s[<>|&;].*$/, '')
    .split(/\s+/)
    .filter(Boolean)
  const [name = ''] = words
  if (name.startsWith('-')) return optionProblem('jetway', ['version', 'help'], words)
  const command = COMMANDS.find((known) => known.name === name)
  if (!command) return `there is no command '${name}'`
  const [, second = ''] = words
  const child = command.commands?.find((known) => known.name === second)
  if (command.commands && /^[a-z]+$/.test(second) && !child) return `${name} has no '${second}'`
  const spec: CommandSpec = child ?? command
  const known: readonly OptionSpec[] = [...(spec.options ?? []), ...GLOBAL_OPTIONS]
  return optionProblem(spec.name, ['help', ...known.map((option) => option.name)], words)
}

function optionProblem(
  command: string,
  known: readonly string[],
  words: readonly string[],
): string | undefined {
  const end = words.indexOf('--')
  const own = end < 0 ? words : words.slice(0, end)
  const given = own.map((word) => /^--([a-z][\w-]*)/.exec(word.replace(/^\[/, ''))?.[1])
  const unknown = given.find((name) => name !== undefined && !known.includes(name))
  return unknown === undefined ? undefined : `${command} takes no --${unknown}`
}
