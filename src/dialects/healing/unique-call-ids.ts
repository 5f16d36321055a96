import type { ToolResult, Turn } from '../../core/conversation.ts'

/**
 * Gives calls that repeat an id one of their own, and their results with them: models that count their calls from 0 in every
 * turn do so, and no wire can then tell the results apart. The very same list when all ids differ.
 */
export function withUniqueCallIds(turns: readonly Turn[]): readonly Turn[] {
  if (!repeatsIds(turns)) return turns
  const used = new Set<string>()
  /** Ids of the last assistant turn, as its results name them, to those that are still without a result. */
  let open = new Map<string, string[]>()

  const fresh = (id: string): string => {
    let unique = id
    for (let count = 2; used.has(unique); count++) unique = `${id}_${count}`
    used.add(unique)
    return unique
  }
  const resultWithId = (result: ToolResult): ToolResult => {
    const id = open.get(result.id)?.shift()
    return id === undefined || id === result.id ? result : { ...result, id }
  }

  return turns.map((turn): Turn => {
    if (turn.role === 'tool') return { role: 'tool', content: turn.content.map(resultWithId) }
    if (turn.role === 'assistant') open = new Map()
    const content = turn.content.map((piece) => {
      if (piece.type === 'tool-result') return resultWithId(piece)
      if (piece.type !== 'tool-call') return piece
      const id = fresh(piece.id)
      open.set(piece.id, [...(open.get(piece.id) ?? []), id])
      return id === piece.id ? piece : Object.assign({}, piece, { id })
    })
    return { ...turn, content }
  })
}

function repeatsIds(turns: readonly Turn[]): boolean {
  const seen = new Set<string>()
  return turns.some((turn) =>
    turn.content.some((piece) => {
      if (piece.type !== 'tool-call') return false
      if (seen.has(piece.id)) return true
      seen.add(piece.id)
      return false
    }),
  )
}
