/** Shorter runs are common words; longer ones, found in the request to the letter, are the prompt. */
const RUN = 20
/** What is kept of a message: enough to understand it, and little to search for. */
const LONGEST = 500
/** Both ends of a long request are looked at: a search of megabytes for every failure would cost more than it hides. */
const SEARCHED = 262_144

/**
 * An upstream's message for the ledger, without what it quotes of the request: some repeat the very prompt they refuse, and
 * the ledger holds none. The client, whose prompt it is, has got the whole message.
 */
export function withoutEcho(
  message: string,
  request: Uint8Array,
  names: readonly (string | undefined)[] = [],
): string {
  const text = message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message
  if (text.length < RUN || request.length === 0) return text
  const isSent = searchIn(request)
  let kept = ''
  let at = 0
  while (at < text.length) {
    const echoed = startsWord(text, at) ? runFrom(text, at, isSent) : 0
    if (echoed === 0 || isName(text.slice(at, at + echoed), names)) {
      kept += text[at]
      at++
    } else {
      if (!kept.endsWith('…')) kept += '…'
      at += echoed
    }
  }
  return kept
}

function searchIn(request: Uint8Array): (run: string) => boolean {
  const bytes = Buffer.from(request.buffer, request.byteOffset, request.byteLength)
  if (bytes.length <= 2 * SEARCHED) return (run) => bytes.includes(run)
  const [start, end] = [bytes.subarray(0, SEARCHED), bytes.subarray(-SEARCHED)]
  return (run) => start.includes(run) || end.includes(run)
}

/** How long the run is that begins here and was sent, or 0. */
function runFrom(text: string, at: number, isSent: (run: string) => boolean): number {
  // JSON writes these in another way than the message does: a run ends there.
  const stop = text.slice(at).search(/["\\\n\r\t]/)
  const longest = stop === -1 ? text.length - at : stop
  if (longest < RUN || !isSent(text.slice(at, at + RUN))) return 0
  let length = RUN
  while (length < longest && isSent(text.slice(at, at + length + 1))) length++
  return length
}

function startsWord(text: string, at: number): boolean {
  return at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1] ?? '')
}

/** The model's own name stands in the request, too. */
function isName(run: string, names: readonly (string | undefined)[]): boolean {
  return names.some((name) => name !== undefined && name !== '' && name.includes(run.trim()))
}
