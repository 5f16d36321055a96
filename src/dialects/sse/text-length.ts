/**
 * How long the text is that stands in an event behind this mark, as JSON writes it; 0 where none does. For an estimate of what an
 * answer cost that ended before its upstream said so: to parse each event for that would cost more than to relay it.
 *
 * @param mark as `"content":"`
 */
export function textLength(event: string, mark: string): number {
  const at = event.indexOf(mark)
  if (at === -1) return 0
  const start = at + mark.length
  let end = event.indexOf('"', start)
  while (end !== -1 && isEscaped(event, end)) end = event.indexOf('"', end + 1)
  return end === -1 ? 0 : end - start
}

function isEscaped(event: string, at: number): boolean {
  let slashes = 0
  while (event[at - 1 - slashes] === '\\') slashes++
  return slashes % 2 === 1
}
