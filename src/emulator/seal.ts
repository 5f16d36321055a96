import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Blobs that only their maker can read and no one can alter: item ids, encrypted reasoning, signatures.
 * They are not encrypted, which no client can tell; they are authenticated, which every client can.
 */
export interface Sealer {
  /** A blob of `kind` around `payload`; `padTo` makes it at least that many characters. */
  seal(kind: string, payload: string, padTo?: number): string
  /** The payload, or `undefined` when the blob is altered, foreign or of another kind. */
  open(kind: string, blob: string): string | undefined
  mac(text: string): string
  /** The next of a sequence of hex names that repeats under the same seed. */
  nextHex(length: number): string
  reset(): void
}

const MAC_BYTES = 16

export function createSealer(seed: string): Sealer {
  let serial = 0
  const digest = (text: string): Buffer => createHmac('sha256', seed).update(text).digest()

  return {
    seal(kind, payload, padTo = 0) {
      const missing = Math.max(0, Math.ceil((padTo * 3) / 4) - MAC_BYTES - payload.length - 1)
      const filler = missing === 0 ? '' : hexStream(`${seed}:${payload}`, missing)
      const content = Buffer.from(`${payload}\n${filler}`)
      const mac = digest(`${kind}\n${content.toString('latin1')}`).subarray(0, MAC_BYTES)
      return Buffer.concat([mac, content]).toString('base64')
    },
    open(kind, blob) {
      const bytes = Buffer.from(blob, 'base64')
      if (bytes.length <= MAC_BYTES || bytes.toString('base64') !== blob) return undefined
      const content = bytes.subarray(MAC_BYTES)
      const mac = digest(`${kind}\n${content.toString('latin1')}`).subarray(0, MAC_BYTES)
      if (!timingSafeEqual(mac, bytes.subarray(0, MAC_BYTES))) return undefined
      const text = content.toString()
      return text.slice(0, text.lastIndexOf('\n'))
    },
    mac: (text) => digest(`mac\n${text}`).toString('hex'),
    nextHex(length) {
      serial += 1
      return hexStream(`${seed}:name:${serial}`, length)
    },
    reset() {
      serial = 0
    },
  }
}

/** As many hex characters as asked, the same for the same text. */
export function hexStream(text: string, length: number): string {
  let out = ''
  for (let round = 0; out.length < length; round++) {
    out += createHash('sha256').update(`${round}:${text}`).digest('hex')
  }
  return out.slice(0, length)
}

/** A version-4-shaped UUID made of 32 hex characters. */
export function uuidFromHex(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
