/** A caller's place in a trace. */
export interface TraceParent {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
}

/** Later versions may say more behind a further dash: https://www.w3.org/TR/trace-context/#versioning-of-traceparent */
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const NOTHING = /^0+$/

/** `undefined` for what is no `traceparent`: a caller without one and one with a broken one are treated alike. */
export function parseTraceparent(text: string): TraceParent | undefined {
  // Longer than any version says it: not worth a look.
  if (text.length > 512) return undefined
  const [, version, traceId = '', spanId = '', flags = '', more] = FORM.exec(text.trim()) ?? []
  if (version === undefined || version === 'ff') return undefined
  if (version === '00' && more !== undefined) return undefined
  if (NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) }
}
