import { describe, expect, test } from 'vitest'
import { createByteQueue } from './byte-queue.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const text = (piece: Uint8Array | undefined): string | undefined =>
  piece && Buffer.from(piece).toString()

describe('byte queue', () => {
  test('gives pieces in order, whether the reader or the writer came first', async () => {
    const queue = createByteQueue()
    const first = queue.read()
    queue.push(bytes('a'))
    queue.push(bytes('b'))
    queue.push(bytes('c'))
    queue.end()
    const seen = [await first, await queue.read(), await queue.read(), await queue.read()]
    expect(seen.map(text)).toEqual(['a', 'b', 'c', undefined])
  })

  test('holds the writer back once, and lets it go on when the reader made room', async () => {
    const queue = createByteQueue()
    let drained = 0
    queue.onDrain = () => {
      drained += 1
    }
    const piece = new Uint8Array(40 * 1024)
    expect(queue.push(piece)).toBe(true)
    expect(queue.push(piece)).toBe(false)
    expect(drained).toBe(0)
    await queue.read()
    expect(drained).toBe(1)
    await queue.read()
    expect(drained).toBe(1)
    expect(queue.push(piece)).toBe(true)
  })

  test('what came before a failure is read before it', async () => {
    const queue = createByteQueue()
    queue.push(bytes('a'))
    queue.fail(new Error('cut'))
    expect(text(await queue.read())).toBe('a')
    await expect(queue.read()).rejects.toThrow('cut')
  })

  test('a failure reaches a reader that waits, and nothing follows it', async () => {
    const queue = createByteQueue()
    const waiting = queue.read()
    queue.fail(new Error('cut'))
    await expect(waiting).rejects.toThrow('cut')
    expect(queue.push(bytes('late'))).toBe(true)
    await expect(queue.read()).rejects.toThrow('cut')
  })

  test('a failure after the end changes nothing', async () => {
    const queue = createByteQueue()
    queue.end()
    queue.fail(new Error('late'))
    expect(await queue.read()).toBeUndefined()
  })
})
