import { describe, expect, test } from 'vitest'
import { abortSignalOf, Cancellation } from './cancel-signal.ts'
import type { CancelSignal } from './cancel-signal.ts'

const kinds: { name: string; make: () => { signal: CancelSignal; abort: (why: Error) => void } }[] =
  [
    {
      name: 'our own',
      make: () => {
        const signal = new Cancellation()
        return { signal, abort: (why) => signal.abort(why) }
      },
    },
    {
      name: "the platform's",
      make: () => {
        const controller = new AbortController()
        return { signal: controller.signal, abort: (why) => controller.abort(why) }
      },
    },
  ]

describe.each(kinds)('a signal of $name', ({ make }) => {
  const why = new Error('gone')

  test('tells each listener once, in order, with the reason at hand', () => {
    const { signal, abort } = make()
    const heard: string[] = []
    const first = (): void => void heard.push(`first ${String(signal.reason === why)}`)
    signal.addEventListener('abort', first)
    signal.addEventListener('abort', first)
    signal.addEventListener('abort', { handleEvent: () => void heard.push('second') })
    expect(signal.aborted).toBe(false)
    abort(why)
    abort(new Error('again'))
    expect(heard).toEqual(['first true', 'second'])
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toBe(why)
  })

  test('forgets who no longer listens', () => {
    const { signal, abort } = make()
    const heard: string[] = []
    const gone = (): void => void heard.push('gone')
    signal.removeEventListener('abort', gone)
    signal.addEventListener('abort', gone)
    signal.addEventListener('abort', () => void heard.push('stays'), { once: true })
    signal.removeEventListener('abort', gone)
    abort(why)
    expect(heard).toEqual(['stays'])
  })

  test('becomes a real one, before and after', () => {
    const { signal, abort } = make()
    const before = abortSignalOf(signal)
    expect(before).toBeInstanceOf(AbortSignal)
    abort(why)
    for (const real of [before, abortSignalOf(signal)]) {
      expect([real.aborted, real.reason]).toEqual([true, why])
    }
  })
})
