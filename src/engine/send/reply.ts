import { withDetails } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { EncodeContext } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { countPrompt } from '../count/count-prompt.ts'
import type { Usage } from '../../core/usage.ts'
import type { Outbound } from '../plan/outbound.ts'
import type { WholeAnswer } from '../relay/outlet.ts'
import { replyHeaders } from '../relay/reply-headers.ts'
import { costOf } from '../settle/cost.ts'
import type { CallState } from './call-state.ts'

type Headers = Readonly<Record<string, string>>

const NO_USAGE: Usage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
}

/** The head of an answer, made when its first bytes are there. */
export function headFor(
  state: CallState,
  { plan }: Outbound,
  whole: WholeAnswer | undefined,
): Headers {
  const { call, dialect, log, watch, permit } = state
  const streams = call.stream && dialect.operation === 'generate'
  return replyHeaders({
    requestId: call.id,
    attempts: log.count,
    overheadMs: watch.overheadMs(),
    permit: permit?.headers,
    contentType: streams ? dialect.streamContentType : 'application/json',
    model: `${plan.provider}/${plan.model}`,
    wire: plan.wire,
    degraded: plan.degraded,
    stream: streams,
    length: whole?.bytes.length,
    nanoCredits: costOf(whole?.usage, state.model?.prices)?.nanoCredits,
  })
}

/** Answers a count of tokens with an estimate, marked as one; `false` for every other operation. */
export async function answerEstimate(state: CallState): Promise<boolean> {
  const { dialect, house, decoded, model } = state
  if (dialect.operation !== 'count-tokens' || model === undefined) return false
  const count = async (): Promise<number> =>
    countPrompt(decoded.conversation(), await house.tokenizers.find(model.tokenizer))
  const tokens = await state.interrupts.guard(count())
  answerHere(state, dialect.encodeAnswer(tokens, contextOf(state)), ['estimated'])
  return true
}

/** Answers a request that asks its model nothing; `false` for every other. It is known here that there is such a model. */
export function answerUnasked(state: CallState): boolean {
  const { call, dialect } = state
  if (dialect.operation !== 'generate' || dialect.answerUnasked === undefined) return false
  const answer = dialect.answerUnasked(call.body.json, contextOf(state))
  if (answer === undefined) return false
  // Nothing was used: without a word of it, limits and budgets would count the prompt.
  state.usage = NO_USAGE
  answerHere(state, answer, [])
  return true
}

function contextOf({ call, house }: CallState): EncodeContext {
  return {
    requestId: call.id,
    model: call.model,
    request: call.body.json,
    nowMs: house.clock.now(),
  }
}

/** The whole answer to a call for which no upstream is asked. */
function answerHere(state: CallState, answer: JsonObject, degraded: readonly string[]): void {
  const { call, outlet, provider, model, log, watch, permit, usage } = state
  const bytes = Buffer.from(JSON.stringify(answer))
  outlet.head = () =>
    replyHeaders({
      requestId: call.id,
      attempts: log.count,
      overheadMs: watch.overheadMs(),
      permit: permit?.headers,
      contentType: 'application/json',
      model: `${provider ?? ''}/${model?.id ?? ''}`,
      wire: 'none',
      degraded,
      stream: false,
      length: bytes.length,
      nanoCredits: costOf(usage, model?.prices)?.nanoCredits,
    })
  outlet.whole({ bytes, usage })
}

/** The call's last word when nothing could answer it, in the client's own dialect. */
export function failCall(state: CallState, error: JetwayError): void {
  const { call, dialect, sink, outlet, log, permit, interrupts } = state
  log.close(undefined)
  const failure = withDetails(error, {
    request_id: call.id,
    llm_provider: error.llm_provider ?? state.provider,
    model: error.model ?? state.model?.id,
  })
  state.failure = failure
  if (interrupts.clientGone || outlet.ended) return
  if (outlet.started) {
    outlet.failStream(failure, new Uint8Array(0))
    return
  }
  const answer = dialect.encodeError(failure, call.id)
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-request-id': call.id,
    'x-jetway-attempts': String(log.count),
    ...permit?.headers,
    ...failure.headers,
    ...answer.headers,
  }
  // A client obeys it to the letter: whole seconds, and never 0.
  const wait = failure.retry_after
  if (wait !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(wait)))
  sink.fail(failure, answer, headers)
}
