import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { responses } from './index.ts'

test('a call without arguments has an empty object for them', () => {
  const encoder = responses.createStreamEncoder({
    requestId: 'r',
    model: 'm',
    request: {},
    nowMs: 0,
  })
  const parts: Part[] = [
    { type: 'answer-start', id: '', model: 'm', created: 0 },
    { type: 'tool-start', index: 0, id: 'call_1', name: 'f', kind: 'json' },
    { type: 'tool-end', index: 0 },
    { type: 'turn-end', reason: 'tool' },
  ]
  const events = parts
    .map((part) => encoder.push(part))
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)) as JsonObject)
  const eventOf = (type: string) => events.find((event) => event['type'] === type)
  expect(eventOf('response.function_call_arguments.done')).toMatchObject({ arguments: '{}' })
  expect(eventOf('response.function_call_arguments.delta')).toMatchObject({ delta: '{}' })
  expect(eventOf('response.output_item.done')).toMatchObject({ item: { arguments: '{}' } })
})
