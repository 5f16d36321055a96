/**
 * Workers of one machine share a port, so a scrape reaches any of them. The one that is asked asks the others, by way of the process
 * that started them, and answers for all: else every counter would jump back and forth.
 */

/** The metrics of one process as plain values. */
export type MetricsValues = readonly object[]

export type SiblingMessage =
  /** A worker wants those of all. */
  | { readonly type: 'metrics-ask'; readonly id: number }
  /** The first process wants a worker's own, and gets them. */
  | { readonly type: 'metrics-want'; readonly id: number }
  | { readonly type: 'metrics-have'; readonly id: number; readonly values: MetricsValues }
  | { readonly type: 'metrics-all'; readonly id: number; readonly all: readonly MetricsValues[] }

/** One end of the line between a worker and the process that started it. */
export interface SiblingLine {
  send(message: SiblingMessage): void
  onMessage(listener: (message: unknown) => void): void
}

export interface Siblings {
  /** Answers for this process from now on; what it returns asks all. */
  join(own: () => Promise<MetricsValues>): () => Promise<readonly MetricsValues[]>
}

/** A worker that is too busy to answer within this time is left out of one scrape. */
const PATIENCE_MS = 2_000
const LONGEST_WAIT_MS = 5_000

/** A worker's side. */
export function createSiblings(line: SiblingLine): Siblings {
  const waiting = new Map<number, (all: readonly MetricsValues[]) => void>()
  let lastId = 0
  return {
    join(own) {
      line.onMessage((message) => {
        if (!isSiblingMessage(message)) return
        if (message.type === 'metrics-all') waiting.get(message.id)?.(message.all)
        if (message.type !== 'metrics-want') return
        const { id } = message
        void own().then((values) => {
          line.send({ type: 'metrics-have', id, values })
        })
      })
      return () =>
        new Promise((resolve, reject) => {
          const id = ++lastId
          const timer = setTimeout(() => {
            waiting.delete(id)
            reject(new Error('the process that started this worker does not answer'))
          }, LONGEST_WAIT_MS)
          waiting.set(id, (all) => {
            clearTimeout(timer)
            waiting.delete(id)
            resolve(all)
          })
          line.send({ type: 'metrics-ask', id })
        })
    },
  }
}

interface Gathering {
  readonly from: SiblingLine
  readonly askedAs: number
  readonly missing: Set<SiblingLine>
  readonly all: MetricsValues[]
  readonly timer: NodeJS.Timeout
}

export interface Switchboard {
  /** Call what it returns when the worker is gone. */
  connect(line: SiblingLine): () => void
}

/** The first process's side: knows no metric, only who is there. */
export function createSwitchboard(): Switchboard {
  const lines = new Set<SiblingLine>()
  const gatherings = new Map<number, Gathering>()
  let lastId = 0

  const finish = (id: number): void => {
    const gathering = gatherings.get(id)
    if (!gathering) return
    gatherings.delete(id)
    clearTimeout(gathering.timer)
    gathering.from.send({ type: 'metrics-all', id: gathering.askedAs, all: gathering.all })
  }

  const gather = (from: SiblingLine, askedAs: number): void => {
    const id = ++lastId
    const timer = setTimeout(() => {
      finish(id)
    }, PATIENCE_MS)
    gatherings.set(id, { from, askedAs, missing: new Set(lines), all: [], timer })
    for (const line of lines) line.send({ type: 'metrics-want', id })
  }

  const answered = (line: SiblingLine, id: number, values?: MetricsValues): void => {
    const gathering = gatherings.get(id)
    if (!gathering?.missing.delete(line)) return
    if (values) gathering.all.push(values)
    if (gathering.missing.size === 0) finish(id)
  }

  return {
    connect(line) {
      lines.add(line)
      line.onMessage((message) => {
        if (!isSiblingMessage(message)) return
        if (message.type === 'metrics-ask') gather(line, message.id)
        else if (message.type === 'metrics-have') answered(line, message.id, message.values)
      })
      return () => {
        lines.delete(line)
        // What is answered by this goes from the map, which an iteration of it allows.
        for (const id of gatherings.keys()) answered(line, id)
      }
    },
  }
}

const TYPES: ReadonlySet<string> = new Set([
  'metrics-ask',
  'metrics-want',
  'metrics-have',
  'metrics-all',
])

function isSiblingMessage(message: unknown): message is SiblingMessage {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false
  return TYPES.has(message.type as string)
}
