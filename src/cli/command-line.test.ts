import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildCommand } from './__fixtures__/command.ts'
import type { BuiltCommand } from './__fixtures__/command.ts'
import { completionEntries } from './completion/entries.ts'
import { COMMANDS } from './table.ts'

let jetway: BuiltCommand

beforeAll(async () => {
  jetway = await buildCommand()
})

afterAll(() => {
  jetway[Symbol.dispose]()
})

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

describe('about itself', () => {
  test.each(['--version', '-V', '-v'])('%s is the bare number', async (word) => {
    expect(await jetway.run([word])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  test('help names every command, on stdout', async () => {
    const { code, stdout, stderr } = await jetway.run(['--help'])
    expect([code, stderr]).toEqual([0, ''])
    for (const { name } of COMMANDS) expect(stdout).toContain(`\n  ${name} `)
  })

  const paths = completionEntries().flatMap(({ path }) => path.join(' ') || [])
  test.each(paths)('help of %s has examples', async (path) => {
    const { code, stdout } = await jetway.run([...path.split(' '), '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain(`Usage: jetway ${path}`)
    expect(stdout).toMatch(/Examples:\n {2}.*jetway/)
  })
})

describe('switches of every command may stand before its name', () => {
  test.each([
    [['-q', '--help'], 0, /^Usage: jetway \[options\] \[command\]/],
    [['-q', 'models', '--help'], 0, /^Usage: jetway models/],
    [['--no-color', '-q', 'keys', 'list', '--help'], 0, /^Usage: jetway keys list/],
    [['--no-color', 'completion', 'bash'], 0, /jetway/],
    [['-q', 'config', 'check', '/nowhere.yaml'], 4, /^error: \/nowhere\.yaml: there is no such/],
    [['-q', 'modles'], 2, /did you mean 'jetway models'\?/],
    [['-q', 'keys'], 2, /'jetway keys' needs one of/],
    [['--no-input', '--verbose', '--port', '70000'], 2, /'--port' must be 65535 or less/],
    [['--quiet', '--demo', '--config', 'x.yaml'], 2, /'--demo' runs without/],
  ])('%j', async (words, expected, says) => {
    const { code, stdout, stderr } = await jetway.run(words)
    expect(code === 0 ? stdout : stderr).toMatch(says)
    expect(code).toBe(expected)
  })
})

describe('a line that cannot be understood ends with 2, and with what was meant', () => {
  const cases: readonly [words: readonly string[], says: string][] = [
    [['strat'], "did you mean 'jetway start'?"],
    [['modles'], "did you mean 'jetway models'?"],
    [['help'], "did you mean 'jetway --help'?"],
    [['help', 'models'], "did you mean 'jetway --help'?"],
    [['version'], "did you mean 'jetway --version'?"],
    [['keys', 'help'], "did you mean 'jetway keys --help'?"],
    [['quantum'], "see 'jetway --help'"],
    [['config', 'chek'], "did you mean 'jetway config check'?"],
    [['config'], "'jetway config' needs one of: check"],
    [['start', '--prot', '1'], 'Did you mean --port?'],
    [['start', '--port', 'http'], "'--port' must be a whole number"],
    [['--port', '70000'], "'--port' must be 65535 or less"],
    [['start', '--workers', '0'], "'--workers' must be between 1 and 64"],
    [['start', '--demo', '--config', 'x.yaml'], "'--demo' runs without a configuration"],
    [['status', 'now'], 'too many arguments'],
    [['completion'], "missing required argument 'shell'"],
    [['completion', 'tcsh'], 'bash, zsh, fish, pwsh'],
    [['chat'], 'there is nothing to ask'],
  ]
  test.each(cases)('%j', async (words, says) => {
    const { code, stdout, stderr } = await jetway.run(words)
    expect(stderr).toContain(says)
    expect([code, stdout]).toEqual([2, ''])
  })

  test('with --json it is one object on stderr', async () => {
    const { code, stdout, stderr } = await jetway.run(['status', 'now', '--json'])
    expect([code, stdout]).toEqual([2, ''])
    expect(JSON.parse(stderr)).toMatchObject({ error: { name: 'UsageError' }, exit_code: 2 })
  })
})

describe('completion', () => {
  test.each(['bash', 'zsh', 'fish', 'pwsh'])('%s', async (shell) => {
    const { code, stdout, stderr } = await jetway.run(['completion', shell])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('jetway')
  })
})
