import { startHouse, type House } from '../support/gateway-process.ts'

/** One model of each upstream wire, so that every dialect is relayed once and translated to the other two. */
export const MODELS = [
  ['gpt-4o', 'chat'],
  ['claude-sonnet-4.6', 'messages'],
  ['gpt-5.4', 'responses'],
] as const

/** Copilot's Claude models speak chat too. This one does not, so that chat is translated to Messages. */
export const ONLY_MESSAGES = 'claude-only-messages'

/** Emulator and gateway, with that model in the catalogue. */
export async function startSdkHouse(): Promise<House> {
  const house = await startHouse()
  const { models } = house.emulator.control
  const like = models.list().find(({ id }) => id === 'claude-sonnet-4.6')
  if (!like) throw new Error('the emulator has no claude-sonnet-4.6 to copy')
  const entry = { ...like, id: ONLY_MESSAGES, supported_endpoints: ['/v1/messages'] }
  models.put({ entry, like: like.id })
  return house
}

/** One red dot. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export const WEATHER = {
  name: 'get_weather',
  description: 'Weather of a city',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
} as const

export const ONE_CALL = 'call get_weather {"city":"Paris"}'
export const TWO_CALLS = `${ONE_CALL} and call get_weather {"city":"Rome"}`
