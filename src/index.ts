/**
 * GitHub Copilot's models as functions. Options carry the wire's own names, as in LiteLLM and the `openai` package.
 *
 * @example
 * import { completion } from 'jetway'
 *
 * const answer = await completion({
 *   model: 'github_copilot/gpt-4o',
 *   messages: [{ role: 'user', content: 'Write a haiku about rivers' }],
 * })
 * console.log(answer.choices[0]?.message.content)
 * @module
 */
export {
  completion,
  embedding,
  getQuota,
  listModels,
  messages,
  responses,
} from './sdk/default-client.ts'
export { createCopilot } from './sdk/create-copilot.ts'
export { createCopilotFetch } from './sdk/fetch/create-copilot-fetch.ts'
export { streamChunkBuilder } from './sdk/chunk-builder.ts'
export {
  APIConnectionError,
  AuthenticationError,
  BadGatewayError,
  BadRequestError,
  BudgetExceededError,
  ContentPolicyViolationError,
  ContextWindowExceededError,
  InternalServerError,
  JetwayError,
  MethodNotAllowedError,
  NotFoundError,
  PayloadTooLargeError,
  PermissionDeniedError,
  QuotaExceededError,
  RateLimitError,
  ServiceUnavailableError,
  Timeout,
  UnprocessableEntityError,
  UnsupportedParamsError,
} from './core/errors.ts'
export type { ErrorDetails, ErrorName } from './core/errors.ts'
export type { Log, LogFields, LogLevel } from './core/log.ts'
export type { AnswerStream } from './sdk/answer-stream.ts'
export type { Completion, JetwayClient, Messages, Responses } from './sdk/client.ts'
export type { CopilotFetch } from './sdk/fetch/create-copilot-fetch.ts'
export type { DeviceCode } from './sdk/house.ts'
export type { CopilotOptions } from './sdk/options.ts'
export type * from './sdk/types/chat.ts'
export type * from './sdk/types/embedding.ts'
export type * from './sdk/types/messages.ts'
export type * from './sdk/types/models.ts'
export type * from './sdk/types/options.ts'
export type * from './sdk/types/quota.ts'
export type * from './sdk/types/responses.ts'
