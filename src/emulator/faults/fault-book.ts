import type { Sealer } from '../seal.ts'
import { FAULT_KINDS } from './fault.ts'
import type { Fault, FaultAction, FaultMatch } from './fault.ts'
import { namedError } from './named-errors.ts'

/** What a request is known by when faults are looked for. */
interface FaultSubject {
  readonly route: string
  readonly method: string
  readonly path: string
  readonly model: string | undefined
  readonly login: string | undefined
  readonly initiator: string | undefined
  readonly stream: boolean
}

export interface StoredFault extends Fault {
  readonly id: string
  hits: number
}

export interface FaultBook {
  add(fault: Fault): StoredFault
  remove(id: string): boolean
  list(): StoredFault[]
  clear(): void
  /** The first fault for this request, counted as used. */
  take(subject: FaultSubject): { readonly id: string; readonly action: FaultAction } | undefined
  reset(): void
}

export function createFaultBook(initial: readonly Fault[], sealer: Sealer): FaultBook {
  const faults: StoredFault[] = []
  const seen = new Map<string, number>()

  const add = (fault: Fault): StoredFault => {
    check(fault)
    const stored = { ...fault, id: fault.id ?? `fault-${sealer.nextHex(8)}`, hits: 0 }
    faults.push(stored)
    return stored
  }
  const reset = (): void => {
    faults.length = 0
    seen.clear()
    for (const fault of initial) add(fault)
  }
  reset()

  return {
    add,
    remove(id) {
      const at = faults.findIndex((fault) => fault.id === id)
      if (at !== -1) faults.splice(at, 1)
      return at !== -1
    },
    list: () => [...faults],
    clear() {
      faults.length = 0
      seen.clear()
    },
    take(subject) {
      for (const fault of faults) {
        if (!matches(fault.on ?? {}, subject)) continue
        if (fault.times !== undefined && fault.hits >= fault.times) continue
        const before = seen.get(fault.id) ?? 0
        seen.set(fault.id, before + 1)
        if (before < (fault.skip ?? 0)) continue
        fault.hits += 1
        return { id: fault.id, action: fault.do }
      }
      return undefined
    },
    reset,
  }
}

function matches(match: FaultMatch, subject: FaultSubject): boolean {
  return Object.entries(match).every(
    ([name, wanted]) => wanted === undefined || subject[name as keyof FaultSubject] === wanted,
  )
}

const MATCH_KEYS = ['route', 'method', 'path', 'model', 'login', 'initiator', 'stream']

function check(fault: Fault): void {
  const action = fault.do as FaultAction | undefined
  if (!action || !FAULT_KINDS.includes(action.kind)) {
    throw new TypeError(`a fault needs do.kind, one of ${FAULT_KINDS.join(', ')}`)
  }
  for (const name of Object.keys(fault.on ?? {})) {
    if (!MATCH_KEYS.includes(name)) {
      throw new TypeError(`a fault cannot match on '${name}'; it can on ${MATCH_KEYS.join(', ')}`)
    }
  }
  if (action.kind === 'error') namedError(action.name)
}
