import type { Completion, JetwayClient, Messages, Responses } from './client.ts'
import { createCopilot } from './create-copilot.ts'

let client: JetwayClient | undefined

/** One for the package's own functions, made at the first of their calls from this process's environment. */
function defaultClient(): JetwayClient {
  return (client ??= createCopilot())
}

/**
 * One answer to a conversation, by OpenAI's chat completions; with `stream: true`, chunk by chunk.
 *
 * @example
 * const answer = await completion({
 *   model: 'github_copilot/gpt-4o',
 *   messages: [{ role: 'user', content: 'Hello' }],
 * })
 */
export const completion = ((options) => defaultClient().completion(options)) as Completion

/** One answer by OpenAI's Responses API; with `stream: true`, event by event. */
export const responses = ((options) => defaultClient().responses(options)) as Responses

/** One answer by Anthropic's Messages API; with `stream: true`, event by event. */
export const messages = ((options) => defaultClient().messages(options)) as Messages

/** Numbers for texts, to compare them by meaning. */
export const embedding: JetwayClient['embedding'] = (options) => defaultClient().embedding(options)

/** Every model this account may use, from the live catalogue. */
export const listModels: JetwayClient['listModels'] = (options) =>
  defaultClient().listModels(options)

/** What is left of the account's entitlement, as GitHub counts it. */
export const getQuota: JetwayClient['getQuota'] = (options) => defaultClient().getQuota(options)
