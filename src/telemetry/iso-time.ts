/**
 * Times as `Date.toISOString` writes them. Many lines are written within one second, and what they share is put into words
 * once. For milliseconds since 1970, never before.
 */
export function createIsoTime(): (nowMs: number) => string {
  let second = -1
  let shared = ''
  return (nowMs) => {
    const now = Math.floor(nowMs / 1000)
    if (now !== second) {
      second = now
      shared = new Date(now * 1000).toISOString().slice(0, -'000Z'.length)
    }
    return `${shared}${String(nowMs % 1000).padStart(3, '0')}Z`
  }
}
