import { hash, randomBytes } from 'node:crypto'

/** `sk-` as every client's key field expects, and 256 random bits. */
export function createSecret(): string {
  return `sk-${randomBytes(32).toString('base64url')}`
}

/**
 * What is kept of a secret. One round of SHA-256 is enough: the secret is random, not a person's word, so there is nothing
 * to guess that a slow hash would protect, and this is on the path of every call. LiteLLM stores the same.
 */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex')
}

/** Enough to tell keys apart in a list, too little to use one. */
export function displaySecret(secret: string): string {
  return `sk-…${secret.slice(-4)}`
}
