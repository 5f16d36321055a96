import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../core/conversation.ts'
import type { Part } from '../../core/parts.ts'
import { call, conversationOf, say } from './__fixtures__/conversation.ts'
import { healStopSequences } from './index.ts'

describe('stop sequences', () => {
  const asking = (stop: string[]): Conversation => ({ ...conversationOf([say('Hi')]), stop })
  const text = (index: number, pieces: readonly string[]): Part[] => [
    { type: 'text-start', index },
    ...pieces.map((piece): Part => ({ type: 'text-delta', index, text: piece })),
    { type: 'text-end', index },
  ]
  const end: Part = { type: 'turn-end', reason: 'tool' }
  const cut = (stop: string[], parts: readonly Part[]): readonly Part[] => {
    const { restore } = healStopSequences(asking(stop), 'responses')
    return parts.flatMap((part) => restore?.part(part) ?? [])
  }
  const said = (parts: readonly Part[]): string =>
    parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('')

  test('only where the wire has none, or does not name it to a client that asks', () => {
    const conversation = asking(['END'])
    expect(healStopSequences(conversation, 'chat').conversation).toBe(conversation)
    expect(healStopSequences(conversation, 'responses').conversation).not.toHaveProperty('stop')
    const named = { ...conversation, namesStop: true }
    expect(healStopSequences(named, 'messages').conversation).toBe(named)
    expect(healStopSequences(named, 'chat').conversation).not.toHaveProperty('stop')
  })

  test('the answer ends there, wherever its pieces are cut', () => {
    const whole = 'one EN two END three'
    for (let first = 0; first <= whole.length; first++) {
      for (let second = first; second <= whole.length; second++) {
        const pieces = [whole.slice(0, first), whole.slice(first, second), whole.slice(second)]
        const usage = {
          inputTokens: 1,
          cachedInputTokens: 0,
          cacheWriteTokens: 0,
          outputTokens: 1,
          reasoningTokens: 0,
        }
        const out = cut(
          ['END'],
          [
            ...text(0, pieces),
            { type: 'tool-start', index: 1, id: 'a', name: 'f', kind: 'json' },
            { type: 'tool-end', index: 1 },
            { type: 'usage', usage },
            end,
          ],
        )
        expect(said(out)).toBe('one EN two ')
        expect(out.slice(-3)).toEqual([
          { type: 'text-end', index: 0 },
          { type: 'usage', usage },
          { type: 'turn-end', reason: 'stop', stopSequence: 'END' },
        ])
      }
    }
  })

  test('any text, any stops, any cuts', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b') })
    fc.assert(
      fc.property(
        fc.array(letters),
        fc.array(
          letters.filter((word) => word !== ''),
          { minLength: 1, maxLength: 3 },
        ),
        (pieces, stops) => {
          const whole = pieces.join('')
          const found = stops
            .filter((word) => whole.includes(word))
            .map((word) => ({ at: whole.indexOf(word), end: whole.indexOf(word) + word.length }))
            .toSorted((one, other) => one.end - other.end || one.at - other.at)[0]
          const at = found?.at ?? whole.length
          expect(said(cut(stops, [...text(0, pieces), end]))).toBe(whole.slice(0, at))
          const { restore } = healStopSequences(asking(stops), 'responses')
          const answer = restore?.answer({
            id: '',
            model: '',
            created: 0,
            finish: 'length',
            content: [{ type: 'text', text: whole }, call('a')],
          })
          expect(answer?.content[0]).toMatchObject({ text: whole.slice(0, at) })
          expect(answer?.content).toHaveLength(found ? 1 : 2)
        },
      ),
    )
  })
})
