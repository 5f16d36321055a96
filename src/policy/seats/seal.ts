import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** Seals GitHub tokens at rest: AES-256-GCM, bound to the seat they belong to. */
export interface Seal {
  /** The key that seals now; rows sealed with another are sealed again when they are next written. */
  readonly currentKey: string
  seal(secret: string, seatId: string): Sealed
  /** Throws a `SealError` when the key is not here, or the row was changed or belongs to another seat. */
  open(sealed: Sealed, seatId: string): string
}

export interface Sealed {
  /** Names the key, and says nothing of it. */
  readonly keyId: string
  /** Nonce, ciphertext and tag, base64. */
  readonly box: string
}

export class SealError extends Error {}

const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/**
 * The first key seals; all open. To rotate, put the new key in front, let rows be sealed again (`reseal`), then drop the old
 * one. Keys are 32 random bytes in base64 or hex; several are separated by commas.
 */
export function createSeal(keys: string): Seal {
  const ring = new Map(keys.split(',').map((text) => parseKey(text.trim())))
  const [current] = ring
  if (!current) throw new SealError('no key to seal with')
  const [currentKey, currentBytes] = current

  return {
    currentKey,
    seal(secret, seatId) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', currentBytes, nonce).setAAD(Buffer.from(seatId))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return {
        keyId: currentKey,
        box: Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64'),
      }
    },
    open({ keyId, box }, seatId) {
      const key = ring.get(keyId)
      if (!key) {
        throw new SealError(
          `the token of seat ${seatId} was sealed with the key ${keyId}, which is not among those given`,
        )
      }
      const bytes = Buffer.from(box, 'base64')
      if (bytes.length < NONCE_BYTES + TAG_BYTES)
        throw new SealError(`the sealed token of seat ${seatId} is damaged`)
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
      decipher.setAAD(Buffer.from(seatId)).setAuthTag(bytes.subarray(-TAG_BYTES))
      try {
        const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
        return Buffer.concat([text, decipher.final()]).toString('utf8')
      } catch (cause) {
        throw new SealError(
          `the sealed token of seat ${seatId} was changed, or belongs to another seat`,
          { cause },
        )
      }
    },
  }
}

export function createSealKey(): string {
  return randomBytes(KEY_BYTES).toString('base64')
}

function parseKey(text: string): readonly [string, Buffer] {
  const bytes = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64')
  if (bytes.length !== KEY_BYTES) {
    throw new SealError(
      `a seal key must be ${KEY_BYTES} bytes in base64 or hex; make one with: openssl rand -base64 32`,
    )
  }
  return [createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes]
}
