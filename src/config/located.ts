import type { Position } from './problem.ts'

/** A value of the file that knows where it stands. */
export type Located = LocatedMap | LocatedList | LocatedScalar

export interface LocatedMap {
  readonly kind: 'map'
  readonly at: Position
  /** How many values it holds, itself included, aliases counted as often as they are used. */
  readonly size: number
  readonly members: ReadonlyMap<string, LocatedMember>
}

export interface LocatedMember {
  readonly keyAt: Position
  readonly value: Located
}

interface LocatedList {
  readonly kind: 'list'
  readonly at: Position
  readonly size: number
  readonly items: readonly Located[]
}

interface LocatedScalar {
  readonly kind: 'scalar'
  readonly at: Position
  readonly size: 1
  readonly value: string | number | boolean | null
}

/** The place of the value at `path`, or of the innermost one around it that exists. */
export function positionOf(root: Located, path: readonly PropertyKey[]): Position {
  let here = root
  for (const step of path) {
    const next =
      here.kind === 'map'
        ? here.members.get(String(step))?.value
        : here.kind === 'list'
          ? here.items[Number(step)]
          : undefined
    if (!next) return here.at
    here = next
  }
  return here.at
}

/** `a.b[0].c`, as messages name a place. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((step, at) =>
      typeof step === 'number' ? `[${step}]` : at === 0 ? String(step) : `.${String(step)}`,
    )
    .join('')
}

/**
 * Two files as one: lists are joined, maps merged member by member, and where both give a single value, `main` wins,
 * because whoever includes a file sees what stands in his own.
 */
export function mergeMaps(main: LocatedMap, included: LocatedMap): LocatedMap {
  const members = new Map(main.members)
  for (const [key, theirs] of included.members) {
    const ours = members.get(key)
    members.set(key, ours ? { keyAt: ours.keyAt, value: merge(ours.value, theirs.value) } : theirs)
  }
  return { kind: 'map', at: main.at, size: main.size + included.size, members }
}

function merge(ours: Located, theirs: Located): Located {
  if (ours.kind === 'map' && theirs.kind === 'map') return mergeMaps(ours, theirs)
  if (ours.kind === 'list' && theirs.kind === 'list') {
    const items = [...ours.items, ...theirs.items]
    return { kind: 'list', at: ours.at, size: ours.size + theirs.size, items }
  }
  return ours
}
