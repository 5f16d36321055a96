import { hexStream } from '../seal.ts'
import type { World } from '../world.ts'

/** A thinking block's signature stands for exactly its text. */
export function signatureFor(world: World, thinking: string): string {
  return world.sealer.seal('thinking', hexStream(thinking, 40), 240)
}

export function isSignatureOf(
  world: World,
  signature: string | undefined,
  thinking: string | undefined,
): boolean {
  const stands = signature === undefined ? undefined : world.sealer.open('thinking', signature)
  // Where the client asked for thinking to be left out, it sends the empty text back.
  return stands !== undefined && (thinking === '' || stands === hexStream(thinking ?? '', 40))
}
