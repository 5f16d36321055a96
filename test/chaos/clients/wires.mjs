/**
 * The wire formats as a strict client reads them: where the text is, what ends an answer, what an error looks like.
 *
 * @typedef {{ readonly text?: string, readonly end?: true, readonly error?: any, readonly echo?: true }} Reading
 *   `echo`: the second of two events that together are one end.
 *
 * @typedef {object} WireForm
 * @property {string} name
 * @property {(model: string, stream: boolean) => string} path
 * @property {(model: string, prompt: string, stream: boolean) => object} body
 * @property {(body: any) => string | undefined} whole text of an answer in one piece; `undefined` when it is not complete
 * @property {(data: any) => Reading} event
 * @property {(body: any, status: number) => string | undefined} faultOfError what is wrong with an error, if anything
 * @property {boolean} [lines] a JSON value per line instead of events
 */

/** @param {any} body */
const openAiError = (body) =>
  typeof body?.error?.message === 'string' && typeof body.error.type === 'string'
    ? undefined
    : 'an error without message or type'

/** @type {WireForm} */
const chat = {
  name: 'chat',
  path: () => '/v1/chat/completions',
  body: (model, prompt, stream) => ({
    model,
    messages: [{ role: 'user', content: prompt }],
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
  }),
  whole: (body) =>
    body.choices?.[0]?.finish_reason === 'stop' && body.usage?.total_tokens > 0
      ? body.choices[0].message.content
      : undefined,
  event(data) {
    if (data === '[DONE]') return { end: true }
    if (data.error !== undefined) return { end: true, error: data }
    return { text: data.choices?.[0]?.delta?.content ?? '' }
  },
  faultOfError: openAiError,
}

/** @type {WireForm} */
const messages = {
  name: 'messages',
  path: () => '/v1/messages',
  body: (model, prompt, stream) => ({
    model,
    max_tokens: 4096,
    messages: [{ role: 'user', content: prompt }],
    ...(stream ? { stream } : {}),
  }),
  whole: (body) =>
    body.stop_reason === 'end_turn'
      ? body.content?.map((/** @type {any} */ block) => block.text ?? '').join('')
      : undefined,
  event(data) {
    if (data.type === 'message_stop') return { end: true }
    if (data.type === 'error') return { end: true, error: data }
    return { text: data.type === 'content_block_delta' ? (data.delta.text ?? '') : '' }
  },
  faultOfError: (body) =>
    body?.type === 'error' &&
    typeof body.error?.type === 'string' &&
    typeof body.error.message === 'string'
      ? undefined
      : 'an error without type or message',
}

/** @type {WireForm} */
const responses = {
  name: 'responses',
  path: () => '/v1/responses',
  body: (model, prompt, stream) => ({
    model,
    input: prompt,
    store: false,
    ...(stream ? { stream } : {}),
  }),
  whole: (body) =>
    body.status === 'completed'
      ? body.output
          .flatMap((/** @type {any} */ item) => item.content ?? [])
          .map((/** @type {any} */ part) => part.text ?? '')
          .join('')
      : undefined,
  event(data) {
    if (data.type === 'response.completed') return { end: true }
    // OpenAI sends both at a failure, in this order; its SDKs stop at the first, Codex reads the second.
    if (data.type === 'error') return { end: true, error: { error: { type: 'error', ...data } } }
    if (data.type === 'response.failed') {
      return { end: true, echo: true, error: { error: { type: 'failed', ...data.response.error } } }
    }
    return { text: data.type === 'response.output_text.delta' ? data.delta : '' }
  },
  faultOfError: openAiError,
}

/** @param {any} body */
const geminiText = (body) =>
  body.candidates?.[0]?.content?.parts
    ?.map((/** @type {any} */ part) => part.text ?? '')
    .join('') ?? ''

/** @type {WireForm} */
const gemini = {
  name: 'gemini',
  path: (model, stream) =>
    `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  body: (_model, prompt) => ({ contents: [{ role: 'user', parts: [{ text: prompt }] }] }),
  whole: (body) => (body.candidates?.[0]?.finishReason === 'STOP' ? geminiText(body) : undefined),
  event(data) {
    if (data.error !== undefined) return { end: true, error: data }
    const ended = data.candidates?.[0]?.finishReason === 'STOP'
    return { text: geminiText(data), ...(ended ? { end: true } : {}) }
  },
  faultOfError: (body) =>
    typeof body?.error?.message === 'string' && typeof body.error.status === 'string'
      ? undefined
      : 'an error without message or status',
}

/** @type {WireForm} */
const ollama = {
  name: 'ollama',
  path: () => '/api/chat',
  body: (model, prompt, stream) => ({
    model,
    messages: [{ role: 'user', content: prompt }],
    stream,
  }),
  whole: (body) => (body.done === true ? body.message.content : undefined),
  event(data) {
    if (data.error !== undefined) return { end: true, error: data }
    return { text: data.message?.content ?? '', ...(data.done === true ? { end: true } : {}) }
  },
  faultOfError: (body) =>
    typeof body?.error === 'string' ? undefined : 'an error that is no text',
  lines: true,
}

export const WIRE_FORMS = { chat, messages, responses, gemini, ollama }
