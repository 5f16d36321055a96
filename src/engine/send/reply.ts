import { withDetails } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import { countPrompt } from '../count/count-prompt.ts'
import type { Outbound } from '../plan/outbound.ts'
import type { WholeAnswer } from '../relay/outlet.ts'
import { replyHeaders } from '../relay/reply-headers.ts'
import { costOf } from '../settle/cost.ts'
import type { CallState } from './call-state.ts'

type Headers = Readonly<Record<string, string>>

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
  const { call, dialect, house, outlet, decoded, provider, model, log, watch, permit } = state
  if (dialect.operation !== 'count-tokens' || model === undefined) return false
  const count = async (): Promise<number> =>
    countPrompt(decoded.conversation(), await house.tokenizers.find(model.tokenizer))
  const answer = dialect.encodeAnswer(await state.interrupts.guard(count()), {
    requestId: call.id,
    model: call.model,
    request: call.body.json,
    nowMs: house.clock.now(),
  })
  const bytes = Buffer.from(JSON.stringify(answer))
  outlet.head = () =>
    replyHeaders({
      requestId: call.id,
      attempts: log.count,
      overheadMs: watch.overheadMs(),
      permit: permit?.headers,
      contentType: 'application/json',
      model: `${provider ?? ''}/${model.id}`,
      wire: 'none',
      degraded: ['estimated'],
      stream: false,
      length: bytes.length,
      nanoCredits: undefined,
    })
  outlet.whole({ bytes, usage: undefined })
  return true
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
  if (interrupts.aborted || outlet.ended) return
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
