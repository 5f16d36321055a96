/**
 * The official SDKs, as programs use them; their own retries are off, so that a call is one call.
 *
 * @import { Outcome, CallPlan } from '../types.mjs'
 */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

/** @param {{ readonly timeoutMs: number }} options */
export function createSdkClients({ timeoutMs }) {
  /** @type {Map<string, { openai: OpenAI, anthropic: Anthropic }>} */
  const byOrigin = new Map()
  /** @param {string} origin @param {string} key */
  const clientsFor = (origin, key) => {
    let clients = byOrigin.get(origin + key)
    if (clients === undefined) {
      const common = {
        apiKey: key,
        maxRetries: 0,
        timeout: timeoutMs,
        logLevel: /** @type {const} */ ('off'),
      }
      clients = {
        openai: new OpenAI({ ...common, baseURL: `${origin}/v1` }),
        anthropic: new Anthropic({ ...common, baseURL: origin }),
      }
      byOrigin.set(origin + key, clients)
    }
    return clients
  }
  return {
    /** @param {string} origin @param {CallPlan} plan @param {AbortSignal} signal @returns {Promise<Outcome>} */
    async call(origin, plan, signal) {
      const { openai, anthropic } = clientsFor(origin, plan.key)
      const options = { signal, headers: { 'x-request-id': plan.id } }
      try {
        const text = await ASK[plan.wire]?.(openai, anthropic, plan, options)
        // An aborted stream ends quietly in OpenAI's SDK.
        signal.throwIfAborted()
        if (text === undefined)
          return { kind: 'wrong', problem: 'the SDK saw an answer without its end' }
        return { kind: 'answer', text, status: 200 }
      } catch (error) {
        if (signal.aborted) throw error
        return readFailure(error)
      }
    },
  }
}

/** @param {unknown} error @returns {Outcome} */
function readFailure(error) {
  for (const { APIError, APIUserAbortError, APIConnectionTimeoutError, APIConnectionError } of [
    OpenAI,
    Anthropic,
  ]) {
    if (error instanceof APIUserAbortError) throw error
    if (error instanceof APIConnectionTimeoutError)
      return { kind: 'hung', problem: 'no end within the client’s time' }
    if (error instanceof APIConnectionError) return { kind: 'broken', problem: error.message }
    if (error instanceof APIError) {
      const { error: body } = error
      const detail = body?.error ?? body ?? {}
      if (error.status === undefined && typeof detail.message !== 'string') {
        return { kind: 'broken', problem: error.message }
      }
      return {
        kind: 'error',
        // An error inside a stream has no status of its own.
        status: error.status ?? 200,
        code: String(detail.code ?? detail.type ?? ''),
        message: error.message,
        requestId: error.headers?.get('x-request-id') ?? undefined,
      }
    }
  }
  // Anthropic's SDK wraps what JSON.parse says.
  if (error instanceof SyntaxError || /in JSON at position/.test(String(error))) {
    return { kind: 'damaged', problem: String(error) }
  }
  throw error
}

/**
 * @type {Partial<Record<string, (openai: OpenAI, anthropic: Anthropic, plan: CallPlan, options: { signal: AbortSignal, headers: Record<string, string> }) => Promise<string | undefined>>>}
 */
const ASK = {
  async chat(openai, _anthropic, { model, prompt, stream }, options) {
    const body = { model, messages: [{ role: /** @type {const} */ ('user'), content: prompt }] }
    if (!stream) {
      const { choices } = await openai.chat.completions.create(body, options)
      return choices[0]?.finish_reason === 'stop'
        ? (choices[0].message.content ?? undefined)
        : undefined
    }
    let text = ''
    let finished = false
    for await (const { choices } of await openai.chat.completions.create(
      { ...body, stream },
      options,
    )) {
      text += choices[0]?.delta.content ?? ''
      finished ||= choices[0]?.finish_reason === 'stop'
    }
    return finished ? text : undefined
  },
  async responses(openai, _anthropic, { model, prompt, stream }, options) {
    const body = { model, input: prompt, store: false }
    if (!stream) {
      const response = await openai.responses.create(body, options)
      return response.status === 'completed' ? response.output_text : undefined
    }
    let text = ''
    let finished = false
    for await (const event of await openai.responses.create({ ...body, stream }, options)) {
      if (event.type === 'response.output_text.delta') text += event.delta
      finished ||= event.type === 'response.completed'
      // OpenAI's SDK throws at `error` only; a program has to look for this one.
      if (event.type === 'response.failed') {
        const { message = '', code = '' } = event.response.error ?? {}
        throw new OpenAI.APIError(undefined, { message, code }, message, undefined)
      }
    }
    return finished ? text : undefined
  },
  async messages(_openai, anthropic, { model, prompt, stream }, options) {
    const body = {
      model,
      max_tokens: 4096,
      messages: [{ role: /** @type {const} */ ('user'), content: prompt }],
    }
    const message = stream
      ? await anthropic.messages.stream(body, options).finalMessage()
      : await anthropic.messages.create(body, options)
    if (message.stop_reason !== 'end_turn') return undefined
    return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  },
}
