import { expect, test } from 'vitest'
import { createCallBook } from './call-book.ts'

test('ids of one’s own are kept', () => {
  const book = createCallBook()
  expect(book.called('a', 'f')).toBe('a')
  expect(book.answered('a', undefined)).toEqual({ id: 'a', name: 'f' })
})

test('without ids, results answer the open calls of their function in order', () => {
  const book = createCallBook()
  const ids = [book.called(undefined, 'f'), book.called('', 'g'), book.called(undefined, 'f')]
  expect(new Set(ids).size).toBe(3)
  expect(book.answered(undefined, 'f').id).toBe(ids[0])
  expect(book.answered(undefined, 'f').id).toBe(ids[2])
  expect(book.answered(undefined, undefined)).toEqual({ id: ids[1], name: 'g' })
})

test('the same conversation gets the same ids', () => {
  const [one, two] = [createCallBook(), createCallBook()]
  expect(one.called(undefined, 'f')).toBe(two.called(undefined, 'f'))
})

test('a result of no call gets an id that no call has', () => {
  const book = createCallBook()
  const id = book.called(undefined, 'f')
  book.answered(undefined, 'f')
  expect(book.answered(undefined, 'f').id).not.toBe(id)
  expect(book.answered('x', 'f')).toEqual({ id: 'x', name: 'f' })
})
