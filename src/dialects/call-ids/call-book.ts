/** Ids for calls of clients that know none, and the calls that wait for their results. */
export interface CallBook {
  /** The id of a call: its own, or the next made-up one. */
  called(id: string | undefined, name: string): string
  /** The call that this result answers: the named one, else the oldest open call of the function. */
  answered(id: string | undefined, name: string | undefined): CalledTool
}

interface CalledTool {
  readonly id: string
  readonly name: string | undefined
}

/** Calls in order, and how many of the first are known to be answered. */
interface Queue {
  readonly calls: CalledTool[]
  next: number
}

/**
 * Made-up ids count the calls of the conversation, so that the same conversation gets the same ids on every turn and an
 * upstream's prompt cache still fits. Each queue is walked through once however many results come.
 */
export function createCallBook(): CallBook {
  const byId = new Map<string, CalledTool>()
  const byName = new Map<string, Queue>()
  const all: Queue = { calls: [], next: 0 }
  const answered = new Set<CalledTool>()
  let made = 0

  const oldest = (queue: Queue): CalledTool | undefined => {
    for (; queue.next < queue.calls.length; queue.next++) {
      const call = queue.calls[queue.next]
      if (call !== undefined && !answered.has(call)) return call
    }
    return undefined
  }

  const find = (id: string | undefined, name: string | undefined): CalledTool | undefined => {
    if (id) return byId.get(id)
    if (name === undefined) return oldest(all)
    const queue = byName.get(name)
    return queue && oldest(queue)
  }

  return {
    called(id, name) {
      const call = { id: id || `call_${made++}_${name}`, name }
      byId.set(call.id, call)
      all.calls.push(call)
      const queue = byName.get(name)
      if (queue === undefined) byName.set(name, { calls: [call], next: 0 })
      else queue.calls.push(call)
      return call.id
    },
    answered(id, name) {
      const call = find(id, name)
      if (call === undefined) return { id: id || `call_${made++}_${name ?? 'tool'}`, name }
      answered.add(call)
      return call
    },
  }
}
