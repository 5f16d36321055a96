/** Streams in the shapes that Copilot's `/responses` gives, with invented values: an item has another id in every event. */
let sequence = 0
let blobs = 0

function blob(): string {
  blobs++
  return Buffer.from(`item ${blobs} of a connection, sealed and of no use elsewhere`).toString('base64')
}

function event(type: string, data: Record<string, unknown>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...data })}\n\n`
}

function response(status: string, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return { id: blob(), object: 'response', created_at: 1_790_000_000, status, model: 'gpt-5.4-2026-03-05', output: [], output_text: null, service_tier: 'priority', ...extra }
}

function stream(build: () => readonly string[]): string {
  sequence = 0
  blobs = 0
  return build().join('')
}

const usage = {
  input_tokens: 120,
  input_tokens_details: { cached_tokens: 100 },
  output_tokens: 30,
  output_tokens_details: { reasoning_tokens: 12 },
  total_tokens: 150,
}

export const text = stream(() => {
  const part = (value: string): Record<string, unknown> => ({ type: 'output_text', text: value, annotations: [], logprobs: [] })
  const place = (): Record<string, unknown> => ({ item_id: blob(), output_index: 0, content_index: 0 })
  const item = (value: string): Record<string, unknown> => ({ id: blob(), type: 'message', status: 'completed', role: 'assistant', content: [part(value)] })
  return [
    event('response.created', { response: response('in_progress') }),
    event('response.in_progress', { response: response('in_progress') }),
    event('response.output_item.added', { output_index: 0, item: { id: blob(), type: 'message', status: 'in_progress', role: 'assistant', content: [] } }),
    event('response.content_part.added', { ...place(), part: part('') }),
    event('response.output_text.delta', { ...place(), delta: 'Grüß "item_id":"x" ', logprobs: [], obfuscation: 'kq3Z' }),
    event('response.output_text.delta', { ...place(), delta: 'Gott 😀', logprobs: [], obfuscation: '' }),
    event('response.output_text.done', { ...place(), text: 'Grüß "item_id":"x" Gott 😀', logprobs: [] }),
    event('response.content_part.done', { ...place(), part: part('Grüß "item_id":"x" Gott 😀') }),
    event('response.output_item.done', { output_index: 0, item: item('Grüß "item_id":"x" Gott 😀') }),
    event('response.completed', {
      response: response('completed', { output: [item('Grüß "item_id":"x" Gott 😀')], usage, copilot_usage: { total_nano_aiu: 7_654_321, token_details: [] } }),
    }),
  ]
})

const reasoning = (seal: string): Record<string, unknown> => ({ id: blob(), type: 'reasoning', summary: [{ type: 'summary_text', text: 'One.' }, { type: 'summary_text', text: 'Two.' }], encrypted_content: seal })
const SEAL = 'gAAAAABo+/x9=='

export const tools = stream(() => {
  const call = (input: string): Record<string, unknown> => ({ id: blob(), type: 'function_call', status: 'completed', call_id: 'call_1', name: 'read', namespace: 'files', arguments: input })
  const custom = (input: string): Record<string, unknown> => ({ id: blob(), type: 'custom_tool_call', status: 'completed', call_id: 'call_2', name: 'apply_patch', input })
  const patch = '*** Begin Patch\n+ "x"\n*** End Patch'
  return [
    event('response.created', { response: response('in_progress') }),
    event('response.output_item.added', { output_index: 0, item: { ...reasoning(''), summary: [] } }),
    event('response.reasoning_summary_part.added', { item_id: blob(), output_index: 0, summary_index: 0, part: { type: 'summary_text', text: '' } }),
    event('response.reasoning_summary_text.delta', { item_id: blob(), output_index: 0, summary_index: 0, delta: 'One.' }),
    event('response.reasoning_summary_text.done', { item_id: blob(), output_index: 0, summary_index: 0, text: 'One.' }),
    event('response.reasoning_summary_part.added', { item_id: blob(), output_index: 0, summary_index: 1, part: { type: 'summary_text', text: '' } }),
    event('response.reasoning_summary_text.delta', { item_id: blob(), output_index: 0, summary_index: 1, delta: 'Two.' }),
    event('response.output_item.done', { output_index: 0, item: reasoning(SEAL) }),
    // Readable deltas.
    event('response.output_item.added', { output_index: 1, item: { ...call(''), status: 'in_progress' } }),
    event('response.function_call_arguments.delta', { item_id: blob(), output_index: 1, delta: '{"path":', obfuscation: 'aa' }),
    event('response.function_call_arguments.delta', { item_id: blob(), output_index: 1, delta: '"a.txt"}' }),
    event('response.function_call_arguments.done', { item_id: blob(), output_index: 1, arguments: '{"path":"a.txt"}' }),
    event('response.output_item.done', { output_index: 1, item: call('{"path":"a.txt"}') }),
    // Ciphertext.
    event('response.output_item.added', { output_index: 2, item: { ...custom(''), status: 'in_progress' } }),
    event('response.custom_tool_call_input.delta', { item_id: blob(), output_index: 2, delta: 'q83vEjRW' }),
    event('response.custom_tool_call_input.delta', { item_id: blob(), output_index: 2, delta: 'eJq8/+A=' }),
    event('response.custom_tool_call_input.done', { item_id: blob(), output_index: 2, input: patch }),
    event('response.output_item.done', { output_index: 2, item: custom(patch) }),
    event('response.completed', { response: response('completed', { output: [reasoning(SEAL), call('{"path":"a.txt"}'), custom(patch)], usage }) }),
  ]
})

export const ciphertextArguments = stream(() => {
  const call = (input: string): Record<string, unknown> => ({ id: blob(), type: 'function_call', status: 'completed', call_id: 'call_1', name: 'read', arguments: input })
  return [
    event('response.created', { response: response('in_progress') }),
    event('response.output_item.added', { output_index: 0, item: { ...call(''), status: 'in_progress' } }),
    event('response.function_call_arguments.delta', { item_id: blob(), output_index: 0, delta: 'AbC9' }),
    event('response.function_call_arguments.delta', { item_id: blob(), output_index: 0, delta: '{not json' }),
    event('response.function_call_arguments.done', { item_id: blob(), output_index: 0, arguments: '{"path":"b"}' }),
    event('response.output_item.done', { output_index: 0, item: call('{"path":"b"}') }),
    event('response.completed', { response: response('completed', { output: [call('{"path":"b"}')], usage }) }),
  ]
})

/** As OpenAI itself sends it: ids that stay. */
export const stable = stream(() => {
  const place = { item_id: 'msg_0a1b', output_index: 0, content_index: 0 }
  const item = { id: 'msg_0a1b', type: 'message', status: 'completed', role: 'assistant', content: [{ type: 'output_text', text: 'Hi', annotations: [], logprobs: [] }] }
  const base = { id: 'resp_0a1b', object: 'response', created_at: 1_790_000_000, model: 'gpt-5.4', output: [], presence_penalty: 0, frequency_penalty: 0 }
  return [
    event('response.created', { response: { ...base, status: 'in_progress' } }),
    event('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', content: [] } }),
    event('response.content_part.added', { ...place, part: { type: 'output_text', text: '', annotations: [], logprobs: [] } }),
    event('response.output_text.delta', { ...place, delta: 'Hi', logprobs: [] }),
    event('response.output_text.done', { ...place, text: 'Hi', logprobs: [] }),
    event('response.output_item.done', { output_index: 0, item }),
    event('response.incomplete', { response: { ...base, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [item], usage } }),
  ]
})

export const search = stream(() => {
  const call = { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'x' } }
  const item = { type: 'message', status: 'completed', role: 'assistant', content: [{ type: 'output_text', text: 'Found', annotations: [{ type: 'url_citation', url: 'https://example.org', start_index: 0, end_index: 5, title: 't' }], logprobs: [] }] }
  return [
    event('response.created', { response: response('in_progress') }),
    event('response.output_item.added', { output_index: 0, item: { id: blob(), ...call, status: 'in_progress' } }),
    event('response.web_search_call.searching', { item_id: blob(), output_index: 0 }),
    event('response.output_item.done', { output_index: 0, item: { id: blob(), ...call } }),
    event('response.output_item.added', { output_index: 1, item: { id: blob(), ...item, status: 'in_progress', content: [] } }),
    event('response.output_text.delta', { item_id: blob(), output_index: 1, content_index: 0, delta: 'Found', logprobs: [] }),
    event('response.output_text.annotation.added', { item_id: blob(), output_index: 1, content_index: 0, annotation_index: 0, annotation: item.content[0]?.annotations[0] }),
    event('response.output_item.done', { output_index: 1, item: { id: blob(), ...item } }),
    event('response.completed', { response: response('completed', { output: [{ id: blob(), ...call }, { id: blob(), ...item }], usage }) }),
  ]
})

export const failed = stream(() => [
  event('response.created', { response: response('in_progress') }),
  event('response.failed', { response: response('failed', { error: { code: 'rate_limit_exceeded', message: 'Slow down.' } }) }),
])

export const error = stream(() => [
  event('response.created', { response: response('in_progress') }),
  event('error', { code: 'model_overloaded', message: 'Later.', param: null }),
])

export const complete = { text, tools, ciphertextArguments, stable, search }
export const ARGUMENTS_SEAL = SEAL
