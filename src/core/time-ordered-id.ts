import { randomFillSync } from 'node:crypto'

const RANDOM_BYTES = 10
/** Asked for many at a time: a call into the system for each id costs more than the id. */
const IDS_PER_FILL = 128
const THREE_BYTES = 0x1000000
/** The two digits of each byte, one behind the other. */
const DIGITS = Buffer.from(
  Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join(''),
)

/**
 * Makes UUIDs of version 7: they begin with the time, so that rows that are written one after the other lie side by side in a
 * table's indexes. With random ids each row would touch pages of its own; on SQLite that is four times the work.
 * https://www.rfc-editor.org/rfc/rfc9562#section-5.7
 *
 * Each call needs two, so they are written digit by digit into one buffer, a quarter of the time that texts put together take.
 */
export function createTimeOrderedIds(): (nowMs: number) => string {
  const random = Buffer.alloc(RANDOM_BYTES * IDS_PER_FILL)
  let at = random.length
  const text = Buffer.from('00000000-0000-7000-8000-000000000000')
  const put = (place: number, byte: number): void => {
    text[place] = DIGITS[2 * byte] ?? 0
    text[place + 1] = DIGITS[2 * byte + 1] ?? 0
  }
  const nextByte = (): number => random[at++] ?? 0

  return (nowMs) => {
    if (at === random.length) {
      randomFillSync(random)
      at = 0
    }
    const time = Math.max(0, Math.floor(nowMs))
    const high = Math.floor(time / THREE_BYTES)
    const low = time % THREE_BYTES
    put(0, (high >>> 16) & 0xff)
    put(2, (high >>> 8) & 0xff)
    put(4, high & 0xff)
    put(6, low >>> 16)
    put(9, (low >>> 8) & 0xff)
    put(11, low & 0xff)
    put(14, 0x70 | (nextByte() & 0x0f))
    put(16, nextByte())
    put(19, 0x80 | (nextByte() & 0x3f))
    put(21, nextByte())
    for (let place = 24; place < text.length; place += 2) put(place, nextByte())
    return text.toString('latin1')
  }
}
