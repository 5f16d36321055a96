import { expect, test } from 'vitest'
import type { Dialect } from '../../core/dialect.ts'
import type { Model } from '../../core/model.ts'
import { chooseWire } from './choose-wire.ts'
import { createKnownWires } from './known-wires.ts'

const NONE = new Set<never>()
const dialect = (name: string): Dialect =>
  ({ name, id: name, wire: name === 'gemini' ? undefined : name, operation: 'generate' }) as Dialect
const model = (id: string, wires: readonly string[]): Model =>
  ({
    id,
    kind: 'chat',
    wires,
    supports: { reasoningEfforts: [], adaptiveThinking: false, maxThinkingBudget: undefined },
  }) as unknown as Model

test('says what chooseWire says, and the second time the same value', () => {
  const choose = createKnownWires()
  const models = [model('a', ['chat']), model('b', ['responses', 'chat']), model('a', ['messages'])]
  const dialects = ['chat', 'messages', 'responses', 'gemini'].map(dialect)
  for (const asked of models) {
    for (const from of dialects) {
      for (const candidates of [false, true]) {
        for (const schema of [false, true]) {
          const question = { dialect: from, model: asked, refused: NONE, candidates, schema }
          const choice = choose(question)
          expect(choice).toEqual(chooseWire(question))
          expect(choose(question)).toBe(choice)
        }
      }
    }
  }
})

test('what a model has refused is heeded at once, and is not taken for its nature', () => {
  const choose = createKnownWires()
  const asked = {
    dialect: dialect('chat'),
    model: model('b', ['responses', 'chat']),
    candidates: false,
    schema: false,
  }
  expect(choose({ ...asked, refused: NONE }).wire).toBe('chat')
  expect(choose({ ...asked, refused: new Set(['chat'] as const) }).wire).toBe('responses')
  expect(choose({ ...asked, refused: NONE }).wire).toBe('chat')
})
