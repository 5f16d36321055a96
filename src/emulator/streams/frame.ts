/** One event of a stream, before it becomes bytes. */
export interface Frame {
  /** The `event:` line, where the wire has one. */
  readonly event?: string
  readonly data: string
  /** How many tokens of the answer it carries; what pacing counts. */
  readonly tokens: number
}

export function dataFrame(value: unknown, tokens = 0): Frame {
  return { data: JSON.stringify(value), tokens }
}

/** A frame whose `event:` line repeats the `type` inside, as Responses and Messages have it. */
export function eventFrame(
  value: { readonly type: string; readonly [more: string]: unknown },
  tokens = 0,
): Frame {
  return { event: value.type, data: JSON.stringify(value), tokens }
}

export function sseText(frame: Frame): string {
  return frame.event === undefined
    ? `data: ${frame.data}\n\n`
    : `event: ${frame.event}\ndata: ${frame.data}\n\n`
}
