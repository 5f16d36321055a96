import { aboutCall, factsOfAnswer, factsOfCall } from './about-call.ts'
import type { CallFacts } from './about-call.ts'
import { createAnswerStream } from './answer-stream.ts'
import type { StreamKind } from './answer-stream.ts'
import type { AnswerHead } from './answer-sink.ts'
import { callDefaults } from './call-defaults.ts'
import type { Completion, JetwayClient, Messages, Responses } from './client.ts'
import { describeModel } from './describe-model.ts'
import { withOutputText } from './fold-response.ts'
import type { House } from './house.ts'
import type { LazyHouse } from './lazy-house.ts'
import { makeCall, SDK_CALLER } from './make-call.ts'
import type { Door } from './make-call.ts'
import type { CopilotOptions } from './options.ts'
import { perform } from './perform.ts'
import { rawResponse, withResponse } from './raw-response.ts'
import { readJson } from './read-whole.ts'
import { createSignIn } from './sign-in.ts'
import { chatStream, messagesStream, responsesStream } from './stream-kinds.ts'
import type { EmbeddingResponse } from './types/embedding.ts'
import type { MessagesOptions } from './types/messages.ts'
import type { CallExtras } from './types/options.ts'
import type { ResponsesAnswer } from './types/responses.ts'

const CHAT: Door = { dialect: 'chat', operation: 'generate' }
const RESPONSES: Door = { dialect: 'responses', operation: 'generate' }
const MESSAGES: Door = { dialect: 'messages', operation: 'generate' }
const EMBEDDINGS: Door = { dialect: 'embeddings', operation: 'embed' }

/** The functions of the SDK over a house that is opened at the first call. */
export function createClient(house: LazyHouse, options: CopilotOptions): JetwayClient {
  const signedIn = createSignIn(options, house.open)
  const defaults = callDefaults(options)

  const send = async (door: Door, given: CallExtras & object): Promise<Answered> =>
    await signedIn(given.signal, async ({ engine }) => {
      const performed = await perform(
        engine,
        (signal) => makeCall(door, given, defaults, signal),
        given.signal,
        'throw',
      )
      const { call, outcome, abort } = performed
      if (outcome.kind === 'failure') {
        throw aboutCall(outcome.failure.error, factsOfCall(call))
      }
      return { head: outcome.head, abort, id: call.id, facts: factsOfAnswer(outcome.head, call) }
    })

  const whole = async <T extends object>(door: Door, given: CallExtras & object) => {
    const { head, id, facts } = await send(door, given)
    try {
      return withResponse(await readJson<T>(head), rawResponse(head, id))
    } catch (error) {
      throw aboutCall(error, facts)
    }
  }

  const generate =
    <Chunk, Whole extends object>(
      door: Door,
      kind: StreamKind<Chunk, Whole>,
      complete: (answer: Whole) => Whole,
    ) =>
    async (given: CallExtras & { stream?: boolean | null | undefined }) => {
      if (given.stream !== true) {
        const answer = await whole<Whole>(door, given)
        complete(answer)
        return answer
      }
      const { head, abort, id, facts } = await send(door, given)
      return createAnswerStream({ head, raw: rawResponse(head, id), kind, abort, facts })
    }

  const sendMessages = generate(MESSAGES, messagesStream, same)

  return {
    // Which of the two comes back is said by `stream`; the overloads of the interface tell the caller's compiler.
    completion: generate(CHAT, chatStream, same) as Completion,
    responses: generate(RESPONSES, responsesStream, (answer: ResponsesAnswer) =>
      withOutputText(answer),
    ) as Responses,
    messages: ((given: MessagesOptions) => sendMessages(withLimit(given))) as Messages,
    embedding: (given) =>
      whole<EmbeddingResponse>(EMBEDDINGS, { encoding_format: 'float', ...given }),
    async listModels({ signal } = {}) {
      const asked = signal ?? new AbortController().signal
      const list = ({ engine }: House) => engine.listModels(SDK_CALLER, asked)
      return (await signedIn(signal, list)).map(describeModel)
    },
    async getQuota({ signal } = {}) {
      const asked = signal ?? new AbortController().signal
      return await signedIn(signal, (open) => open.quota(asked))
    },
    close: house.close,
    [Symbol.asyncDispose]: house.close,
  }
}

interface Answered {
  readonly head: AnswerHead
  readonly abort: (reason: Error) => void
  readonly id: string
  readonly facts: CallFacts
}

/** Anthropic's API refuses a request without a limit; ours has the one that `completion` has. */
function withLimit(given: MessagesOptions): MessagesOptions {
  return given.max_tokens === undefined ? { ...given, max_tokens: DEFAULT_MAX_TOKENS } : given
}

const DEFAULT_MAX_TOKENS = 4096

function same<T>(answer: T): T {
  return answer
}
