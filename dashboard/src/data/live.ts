import { useEffect, useState } from 'preact/hooks'
import { send } from './api.ts'

export interface OpenCall {
  readonly id: string
  readonly model: string
  readonly stream: boolean
  readonly dialect: string
  readonly started_at: number
  readonly key: string
}

export interface ClosedCall {
  readonly id: string
  readonly model: string
  readonly outcome: string
  readonly status: number
  readonly total_ms: number
}

export interface Live {
  readonly connected: boolean
  readonly open: readonly OpenCall[]
  readonly closed: readonly ClosedCall[]
}

const KEPT = 8
const PAUSE_MS = 2_000

/** Calls as they open and close. Comes again by itself when the connection ends. */
export function useLive(): Live {
  const [live, setLive] = useState<Live>({ connected: false, open: [], closed: [] })
  useEffect(() => {
    const controller = new AbortController()
    void follow(controller.signal, setLive)
    return () => {
      controller.abort()
    }
  }, [])
  return live
}

type Update = (change: (before: Live) => Live) => void

async function follow(signal: AbortSignal, update: Update): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await send('/ui/api/live', { signal })
      if (response.ok) for await (const event of eventsOf(response)) update(apply(event))
    } catch {
      // Gone, or going: the pause below keeps it from asking too often.
    }
    if (signal.aborted) return
    update((before) => ({ ...before, connected: false }))
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

export interface ServerEvent {
  readonly name: string
  readonly data: string
}

/** Events of a stream, split at their empty lines. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let held = ''
  for (;;) {
    const piece = await reader?.read()
    if (!piece || piece.done) return
    const blocks = (held + piece.value).split(/\r?\n\r?\n/)
    held = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = parseEvent(block)
      if (event) yield event
    }
  }
}

function parseEvent(block: string): ServerEvent | undefined {
  let name = 'message'
  const data: string[] = []
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith('event:')) name = line.slice(6).trim()
    if (line.startsWith('data:')) data.push(line.slice(5).trim())
  }
  return data.length === 0 ? undefined : { name, data: data.join('\n') }
}

function apply({ name, data }: ServerEvent): (before: Live) => Live {
  return (before) => {
    if (name === 'calls') {
      const { calls } = JSON.parse(data) as { calls: OpenCall[] }
      return { ...before, connected: true, open: calls }
    }
    if (name === 'open') {
      return { ...before, open: [...before.open, JSON.parse(data) as OpenCall] }
    }
    const closed = JSON.parse(data) as ClosedCall
    return {
      ...before,
      open: before.open.filter(({ id }) => id !== closed.id),
      closed: [closed, ...before.closed].slice(0, KEPT),
    }
  }
}
