import { expect } from 'vitest'
import type { Part } from '../../core/parts.ts'

/** The rules that `core/parts.ts` states: blocks are opened once and closed once, and one terminal part is the last. */
export function expectGoodGrammar(parts: readonly Part[]): void {
  const open = new Map<number, string>()
  const seen: number[] = []
  for (const [at, part] of parts.entries()) {
    if (part.type === 'turn-end' || part.type === 'error') {
      expect(at, 'nothing follows the terminal part').toBe(parts.length - 1)
      expect([...open], 'every block is closed').toEqual([])
      continue
    }
    if (!('index' in part)) continue
    const [kind, verb] = part.type.split('-') as [string, string | undefined]
    if (verb === 'start' || verb === undefined) {
      expect(part.index, 'indexes count up').toBe(seen.length)
      seen.push(part.index)
      if (verb === 'start') open.set(part.index, kind)
    } else {
      expect(open.get(part.index), `${part.type} belongs to an open block`).toBe(kind)
      if (verb === 'end') open.delete(part.index)
    }
  }
  expect(['turn-end', 'error']).toContain(parts.at(-1)?.type)
}

/** Joins neighbouring deltas and drops what says nothing, so that streams cut differently compare equal. */
export function joinDeltas(parts: readonly Part[]): readonly Part[] {
  const joined: Part[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (
      (part.type === 'text-delta' || part.type === 'reasoning-delta' || part.type === 'tool-delta') &&
      last?.type === part.type &&
      last.index === part.index
    )
      joined[joined.length - 1] = { ...last, text: last.text + part.text } as Part
    else if (part.type !== 'ping') joined.push(part)
  }
  return joined
}
