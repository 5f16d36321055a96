/** Streams in the shapes that Copilot's `/v1/messages` gives, with invented values. */
function event(data: { readonly type: string } & Record<string, unknown>): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}

function start(usage: Record<string, number>): string {
  return event({
    type: 'message_start',
    message: {
      id: 'msg_vrtx_01Abc',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5-20250929',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    },
  })
}

function delta(index: number, value: Record<string, unknown>): string {
  return event({ type: 'content_block_delta', index, delta: value })
}

const stop = (index: number): string => event({ type: 'content_block_stop', index })

export const text = [
  start({ input_tokens: 12, cache_creation_input_tokens: 30, cache_read_input_tokens: 8, output_tokens: 1 }),
  event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  event({ type: 'ping' }),
  delta(0, { type: 'text_delta', text: 'Grüß ' }),
  delta(0, { type: 'text_delta', text: 'Gott 😀' }),
  stop(0),
  event({
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 6 },
    copilot_usage: { total_nano_aiu: 1_234_567, token_details: [] },
    context_management: { applied_edits: [] },
  }),
  event({ type: 'message_stop' }),
].join('')

export const thinkingAndTools = [
  start({ input_tokens: 100, output_tokens: 2 }),
  event({ type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }),
  delta(0, { type: 'thinking_delta', thinking: 'Two files ' }),
  delta(0, { type: 'thinking_delta', thinking: 'to read.' }),
  delta(0, { type: 'signature_delta', signature: 'EqQBCkYI' }),
  delta(0, { type: 'signature_delta', signature: 'BxgCKkA=' }),
  stop(0),
  event({ type: 'content_block_start', index: 1, content_block: { type: 'redacted_thinking', data: 'c2VjcmV0' } }),
  stop(1),
  event({ type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 'toolu_vrtx_1', name: 'read', input: {} } }),
  delta(2, { type: 'input_json_delta', partial_json: '' }),
  delta(2, { type: 'input_json_delta', partial_json: '{"path":' }),
  delta(2, { type: 'input_json_delta', partial_json: '"a.txt"}' }),
  stop(2),
  event({ type: 'content_block_start', index: 3, content_block: { type: 'tool_use', id: 'toolu_vrtx_2', name: 'list', input: {} } }),
  stop(3),
  event({ type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 40 } }),
  event({ type: 'message_stop' }),
].join('')

export const serverTool = [
  start({ input_tokens: 5, output_tokens: 1 }),
  event({ type: 'content_block_start', index: 0, content_block: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} } }),
  delta(0, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
  stop(0),
  event({ type: 'content_block_start', index: 1, content_block: { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] } }),
  stop(1),
  event({ type: 'content_block_start', index: 2, content_block: { type: 'text', text: '' } }),
  delta(2, { type: 'text_delta', text: 'Found.' }),
  delta(2, { type: 'citations_delta', citation: { type: 'web_search_result_location', url: 'https://example.org', cited_text: 'Found' } }),
  stop(2),
  event({ type: 'message_delta', delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' }, usage: { output_tokens: 9 } }),
  event({ type: 'message_stop' }),
].join('')

export const overloaded = [
  start({ input_tokens: 5, output_tokens: 1 }),
  event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  delta(0, { type: 'text_delta', text: 'Half' }),
  event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
].join('')

export const complete = { text, thinkingAndTools, serverTool }
