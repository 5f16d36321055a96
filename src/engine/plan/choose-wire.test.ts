import { describe, expect, test } from 'vitest'
import type { Dialect } from '../../core/dialect.ts'
import type { Model, WireName } from '../../core/model.ts'
import { tinyDialect, tinyDialects } from '../__fixtures__/tiny-wire.ts'
import { tinyModel } from '../__fixtures__/tiny-upstream.ts'
import { chooseWire } from './choose-wire.ts'

const plain = tinyModel('m').supports
const reasoning = { ...plain, reasoningEfforts: ['low', 'high'] }

function speaking(name: Dialect['name']): Dialect {
  const wire = name === 'chat' || name === 'responses' || name === 'messages' ? name : undefined
  return { ...tinyDialect('chat', 'say'), name: name as 'chat', wire }
}

function choose(
  name: Dialect['name'],
  wires: readonly WireName[],
  changes: Partial<Model> = {},
  refused: readonly WireName[] = [],
  candidates = false,
  schema = false,
): WireName {
  const model = tinyModel('m', { wires, ...changes })
  const question = { dialect: speaking(name), model, refused: new Set(refused), candidates, schema }
  return chooseWire(question).wire
}

describe('the client’s own wire, else the one that loses least', () => {
  const all = ['chat', 'responses', 'messages'] as const
  const cases: readonly (readonly [Dialect['name'], readonly WireName[], boolean, WireName])[] = [
    ['chat', all, false, 'chat'],
    ['chat', ['responses', 'messages'], false, 'responses'],
    ['chat', ['messages'], false, 'messages'],
    ['completions', all, true, 'chat'],
    ['responses', all, true, 'responses'],
    ['responses', ['chat', 'messages'], false, 'chat'],
    ['responses', ['chat', 'messages'], true, 'messages'],
    ['messages', all, false, 'messages'],
    ['messages', ['chat', 'responses'], false, 'chat'],
    ['messages', ['chat', 'responses'], true, 'responses'],
    ['gemini', all, false, 'messages'],
    ['gemini', ['chat', 'responses'], false, 'chat'],
    ['ollama', ['responses', 'chat'], true, 'responses'],
  ]
  for (const [name, wires, reasons, expected] of cases) {
    test(`${name} to ${reasons ? 'a reasoning' : 'a plain'} model with ${wires.join(', ')}`, () => {
      expect(choose(name, wires, { supports: reasons ? reasoning : plain })).toBe(expected)
    })
  }
})

test('more than one answer goes over chat', () => {
  expect(choose('gemini', ['messages', 'chat'], { supports: reasoning }, [], true)).toBe('chat')
})

describe('what a model refused', () => {
  test('is not asked again while it lists another', () => {
    expect(choose('chat', ['chat', 'responses'], {}, ['chat'])).toBe('responses')
  })
  test('gives way to a wire it does not list when nothing else is left', () => {
    expect(choose('chat', ['chat'], {}, ['chat'])).toBe('responses')
    expect(choose('chat', ['chat'], {}, ['chat', 'responses'])).toBe('messages')
  })
  test('is said when it was everything', () => {
    expect(() => choose('chat', ['chat'], {}, ['chat', 'responses', 'messages'])).toThrow(
      /refused every wire/,
    )
  })
  test('a model that lists nothing is tried on the first', () => {
    expect(choose('messages', [])).toBe('messages')
  })
})

describe('a schema', () => {
  const claude = { vendor: 'Anthropic' }
  const wanted = (
    name: Dialect['name'],
    wires: readonly WireName[],
    changes: Partial<Model>,
    candidates = false,
  ): WireName => choose(name, wires, changes, [], candidates, true)

  test('goes to the wire on which Claude takes notice of it', () => {
    expect(wanted('chat', ['chat', 'messages'], claude)).toBe('messages')
    expect(wanted('responses', ['chat', 'messages'], claude)).toBe('messages')
    expect(choose('chat', ['chat', 'messages'], claude)).toBe('chat')
  })
  test('stays where there is no other wire, and where several answers are asked for', () => {
    expect(wanted('chat', ['chat'], claude)).toBe('chat')
    expect(wanted('chat', ['chat', 'messages'], claude, true)).toBe('chat')
  })
  test('stays on the own wire of any other model', () => {
    expect(wanted('chat', ['chat', 'responses'], { vendor: 'OpenAI' })).toBe('chat')
  })
})

describe('embeddings', () => {
  const embedding = tinyModel('e', { kind: 'embeddings', wires: ['embeddings'] })
  const dialect = tinyDialects.get('embeddings') as Dialect
  test('have one wire', () => {
    const question = {
      dialect,
      model: embedding,
      refused: new Set<WireName>(),
      candidates: false,
      schema: false,
    }
    expect(chooseWire(question).wire).toBe('embeddings')
  })
  test('are not made by a model that talks', () => {
    const question = {
      dialect,
      model: tinyModel('m'),
      refused: new Set<WireName>(),
      candidates: false,
      schema: false,
    }
    expect(() => chooseWire(question)).toThrow(/does not make embeddings/)
  })
  test('a model of them does not talk', () => {
    expect(() => choose('chat', ['embeddings'], { kind: 'embeddings' })).toThrow(/makes embeddings/)
  })
})
