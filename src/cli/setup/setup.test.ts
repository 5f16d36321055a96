import { describe, expect, test } from 'vitest'
import { changeEnv } from './env-file.ts'
import { changeJson } from './json-file.ts'
import { diffText, lineDiff } from './line-diff.ts'
import { changeToml } from './toml-file.ts'
import { changeYaml, changeYamlList } from './yaml-file.ts'

describe('a JSON file', () => {
  test('keeps what else stands there, and its indentation', () => {
    expect(changeJson('{\n\t"env": {"A": "1"},\n\t"theme": "dark"\n}', { env: { B: '2' } })).toBe(
      '{\n\t"env": {\n\t\t"A": "1",\n\t\t"B": "2"\n\t},\n\t"theme": "dark"\n}\n',
    )
  })
  test('that says it all already stays as its client wrote it', () => {
    const text = '{"env":{"A":"1","B":"2"},"$version":3}'
    expect(changeJson(text, { env: { B: '2' } })).toBe(text)
  })
  test.each([undefined, '', ' \n'])('%j begins as an empty object', (text) => {
    expect(changeJson(text, { a: 1 })).toBe('{\n  "a": 1\n}\n')
  })
  test.each(['{ // mine\n}', '[]', '{'])('%j is not touched', (text) => {
    expect(() => changeJson(text, { a: 1 })).toThrow('not touched')
  })
})

describe('a TOML file', () => {
  const change = (text: string | undefined): string =>
    changeToml(text, [['model', '"gpt-5.4"']], 'model_providers.jetway', [['name', '"Jetway"']])
  const TABLE = '[model_providers.jetway]\nname = "Jetway"\n'

  test('that is new', () => {
    expect(change(undefined)).toBe(`model = "gpt-5.4"\n\n${TABLE}`)
  })
  test('keeps comments, other tables and their keys of the same name', () => {
    const text = '# mine\nmodel = "o3" # old\napproval = "never"\n\n[profiles.a]\nmodel = "x"\n'
    expect(change(text)).toBe(
      `# mine\nmodel = "gpt-5.4"\napproval = "never"\n\n[profiles.a]\nmodel = "x"\n\n${TABLE}`,
    )
  })
  test('is the same after a second time', () => {
    const once = change('[tui]\nx = 1\n[model_providers.jetway]\nold = 1\n[mcp]\ny = 2\n')
    expect(once).not.toContain('old')
    expect(once).toContain('[mcp]\ny = 2')
    expect(change(once)).toBe(once)
  })
  test('with a text of several lines is not touched', () => {
    expect(() => change('notify = """\n[tui]\n"""\n')).toThrow('not touched')
  })
})

describe('a YAML file', () => {
  test('keeps comments', () => {
    expect(changeYaml('# mine\nmodel: a # old\ndark: true\n', { model: 'b', base: 'c' })).toBe(
      '# mine\nmodel: b # old\ndark: true\nbase: c\n',
    )
  })
  test('that holds comments only, or nothing', () => {
    expect(changeYaml('# mine\n', { a: 1 })).toBe('# mine\n\na: 1\n')
    expect(changeYaml(undefined, { a: 1 })).toBe('a: 1\n')
  })
  test('takes an entry into its list once', () => {
    const add = (text: string | undefined): string =>
      changeYamlList(text, 'models', { name: 'Jetway', model: 'm' }, { name: 'Local' })
    expect(add(undefined)).toBe('name: Local\nmodels:\n  - name: Jetway\n    model: m\n')
    const text = 'models:\n  - name: mine # keep\n    model: a\n'
    expect(add(text)).toBe(`${text}  - name: Jetway\n    model: m\n`)
    expect(add(add(text))).toBe(add(text))
  })
  test.each(['- a\n', 'a: [', 'models: none\n'])('%j is not touched', (text) => {
    expect(() => changeYamlList(text, 'models', { name: 'Jetway' }, {})).toThrow('not touched')
  })
})

test('a .env file keeps its other lines', () => {
  expect(changeEnv('# mine\nexport A=1\nB=2\n', { A: 'x', C: 'y' })).toBe(
    '# mine\nA="x"\nB=2\nC="y"\n',
  )
  expect(changeEnv(undefined, { A: 'x' })).toBe('A="x"\n')
})

describe('a difference', () => {
  const plain = { red: (text: string) => text, green: (text: string) => text }
  const show = (before: string, after: string): string => diffText(lineDiff(before, after), plain)
  test.each([
    ['', 'a\n', '+ a\n'],
    ['a\n', 'a\n', ''],
    ['a\nb\nc\n', 'a\nc\n', '  a\n- b\n  c\n'],
    ['1\n2\n3\n4\n5\n', '1\n2\n3\n4\nfive\n', '  3\n  4\n- 5\n+ five\n'],
    [
      'x\n1\n2\n3\n4\n5\n6\ny\n',
      'X\n1\n2\n3\n4\n5\n6\nY\n',
      '- x\n+ X\n  1\n  2\n  …\n  5\n  6\n- y\n+ Y\n',
    ],
  ])('%j to %j', (before, after, shown) => {
    expect(show(before, after)).toBe(shown)
  })
})
