import type { Quirks } from '../quirks/quirk.ts'
import { hexStream } from '../seal.ts'
import type { World } from '../world.ts'

/** Copilot's ids of Responses items: long blobs, bound to a connection, another in every event. */
export interface ItemIds {
  /** The id of item `item` in event `event`. */
  item(prefix: string, item: number, event: number): string
  /** The id of the response itself. */
  response(event: number): string
}

const ID_LENGTH = 400

export function createItemIds(
  world: World,
  quirks: Quirks,
  connection: string,
  name: string,
): ItemIds {
  const event = (number: number): number => (quirks.changingIds ? number : 0)
  const plain = (prefix: string, about: string): string => `${prefix}_${hexStream(about, 40)}`
  return {
    item(prefix, item, number) {
      const about = `${connection}|${name}|${item}|${event(number)}`
      if (quirks.encryptedIds) return world.sealer.seal('item', about, ID_LENGTH)
      return plain(prefix, about)
    },
    response(number) {
      const about = `${connection}|${name}|${event(number)}`
      if (quirks.encryptedIds) return world.sealer.seal('response', about, ID_LENGTH)
      return plain('resp', `${connection}|${name}`)
    },
  }
}

/** The name of the response that an id of this connection stands for. */
export function responseNamed(world: World, connection: string, id: string): string | undefined {
  const [owner, name] = (world.sealer.open('response', id) ?? '').split('|')
  return owner === connection ? name : undefined
}

/** An id of our making belongs to its connection; a short one is the client's own and means nothing here. */
export function belongs(world: World, connection: string, id: string): boolean {
  const opened = world.sealer.open('item', id)
  if (opened !== undefined) return opened.split('|')[0] === connection
  return id.length < 128
}
