import type { JsonObject } from '../../../core/json.ts'
import type { Feature } from '../table.ts'

/** For each dialect the smallest request that needs the feature. What a dialect has no words for has no sample. */
export type Samples = Partial<Readonly<Record<Feature, JsonObject>>>

const DATA = 'iVBORw0KGgo='
const PNG = `data:image/png;base64,${DATA}`
const PDF = `data:application/pdf;base64,${DATA}`
const URL = 'https://example.org/a.png'
const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
/** Sealed values of each wire, as a client got them wrapped and gives them back. */
const WRAPPED = {
  chat: 'jetway.chat.opaque.b3A=',
  responses: 'jetway.responses.encrypted.gAAA',
  messages: 'jetway.messages.signature.EqQB',
  gemini: 'jetway.gemini.signature.CiQ=',
}

const user = (content: JsonObject['x']): JsonObject => ({ role: 'user', content })
const HI = user('Hi')
const AND = user('And?')

// Chat completions.
const chatTool = { type: 'function', function: { name: 'f', parameters: SCHEMA } }
const chatTurns = (assistant: JsonObject): JsonObject => ({ messages: [HI, { role: 'assistant', content: 'Yes', ...assistant }, AND] })

const chat: Samples = {
  system: { messages: [{ role: 'system', content: 'Be brief.' }, HI] },
  late_system: { messages: [HI, { role: 'assistant', content: 'Yes' }, { role: 'system', content: 'Be brief.' }, AND] },
  image: { messages: [user([{ type: 'image_url', image_url: { url: PNG } }])] },
  image_url: { messages: [user([{ type: 'image_url', image_url: { url: URL } }])] },
  image_detail: { messages: [user([{ type: 'image_url', image_url: { url: PNG, detail: 'high' } }])] },
  document: { messages: [user([{ type: 'file', file: { filename: 'a.pdf', file_data: PDF } }])] },
  audio: { messages: [user([{ type: 'input_audio', input_audio: { data: DATA, format: 'wav' } }])] },
  tools: { messages: [HI], tools: [chatTool] },
  strict_tools: { messages: [HI], tools: [{ type: 'function', function: { name: 'f', parameters: SCHEMA, strict: true } }] },
  tool_choice: { messages: [HI], tools: [chatTool], tool_choice: { type: 'function', function: { name: 'f' } } },
  allowed_tools: {
    messages: [HI],
    tools: [chatTool, { type: 'function', function: { name: 'g' } }],
    tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] } },
  },
  parallel_tool_calls: { messages: [HI], tools: [chatTool], parallel_tool_calls: false },
  custom_tools: { messages: [HI], tools: [{ type: 'custom', custom: { name: 'patch' } }] },
  server_tools_chat: { messages: [HI], tools: [{ type: 'strange_tool' }] },
  reasoning_effort: { messages: [HI], reasoning_effort: 'high' },
  reasoning_budget: { messages: [HI], thinking: { type: 'enabled', budget_tokens: 2048 } },
  reasoning_messages: chatTurns({ reasoning_text: 'So.', reasoning_opaque: WRAPPED.messages }),
  reasoning_responses: chatTurns({ reasoning_text: 'So.', reasoning_opaque: WRAPPED.responses }),
  reasoning_chat: chatTurns({ reasoning_text: 'So.', reasoning_opaque: 'b3A=' }),
  reasoning_open: chatTurns({ reasoning_text: 'So.' }),
  refusal: chatTurns({ content: null, refusal: 'No.' }),
  parts_chat: { messages: [user([{ type: 'text', text: 'Hi' }, { type: 'strange', x: 1 }])] },
  cache_control: { messages: [{ ...HI, copilot_cache_control: { type: 'ephemeral' } }] },
  json_object: { messages: [HI], response_format: { type: 'json_object' } },
  json_schema: { messages: [HI], response_format: { type: 'json_schema', json_schema: { name: 'n', schema: SCHEMA } } },
  verbosity: { messages: [HI], verbosity: 'low' },
  max_tokens: { messages: [HI], max_tokens: 100 },
  temperature: { messages: [HI], temperature: 0.5 },
  top_p: { messages: [HI], top_p: 0.5 },
  top_k: { messages: [HI], top_k: 5 },
  frequency_penalty: { messages: [HI], frequency_penalty: 1 },
  presence_penalty: { messages: [HI], presence_penalty: 1 },
  seed: { messages: [HI], seed: 1 },
  stop: { messages: [HI], stop: ['END'] },
  logprobs: { messages: [HI], logprobs: true, top_logprobs: 2 },
  n: { messages: [HI], n: 2 },
  user: { messages: [HI], user: 'u' },
  metadata: { messages: [HI], metadata: { a: 'b' } },
  prompt_cache_key: { messages: [HI], prompt_cache_key: 'k' },
}

// Completions.
const completions: Samples = {
  max_tokens: { prompt: 'Hi', max_tokens: 100 },
  temperature: { prompt: 'Hi', temperature: 0.5 },
  top_p: { prompt: 'Hi', top_p: 0.5 },
  frequency_penalty: { prompt: 'Hi', frequency_penalty: 1 },
  presence_penalty: { prompt: 'Hi', presence_penalty: 1 },
  seed: { prompt: 'Hi', seed: 1 },
  stop: { prompt: 'Hi', stop: ['END'] },
  logprobs: { prompt: 'Hi', logprobs: 2 },
  user: { prompt: 'Hi', user: 'u' },
}

// Responses.
const responsesTool = { type: 'function', name: 'f', parameters: SCHEMA, strict: false }
const responsesItems = (...items: JsonObject[]): JsonObject => ({ input: [HI, ...items, AND] })
const called: JsonObject = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }
const sealedItem = (encrypted_content: string): JsonObject => responsesItems({ type: 'reasoning', summary: [], encrypted_content }, { role: 'assistant', content: 'Yes' })

const responses: Samples = {
  system: { input: 'Hi', instructions: 'Be brief.' },
  late_system: responsesItems({ role: 'assistant', content: 'Yes' }, { role: 'developer', content: 'Be brief.' }),
  image: { input: [user([{ type: 'input_image', image_url: PNG }])] },
  image_url: { input: [user([{ type: 'input_image', image_url: URL }])] },
  image_detail: { input: [user([{ type: 'input_image', image_url: PNG, detail: 'high' }])] },
  document: { input: [user([{ type: 'input_file', filename: 'a.pdf', file_data: PDF }])] },
  audio: { input: [user([{ type: 'input_audio', input_audio: { data: DATA, format: 'wav' } }])] },
  tools: { input: 'Hi', tools: [responsesTool] },
  strict_tools: { input: 'Hi', tools: [{ ...responsesTool, strict: true }] },
  tool_choice: { input: 'Hi', tools: [responsesTool], tool_choice: 'required' },
  allowed_tools: { input: 'Hi', tools: [responsesTool, { type: 'function', name: 'g' }], tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] } },
  parallel_tool_calls: { input: 'Hi', tools: [responsesTool], parallel_tool_calls: false },
  custom_tools: { input: 'Hi', tools: [{ type: 'custom', name: 'patch' }] },
  namespaces: { input: 'Hi', tools: [{ type: 'namespace', name: 'files', tools: [{ type: 'function', name: 'read' }] }] },
  server_tools_responses: { input: 'Hi', tools: [{ type: 'web_search' }] },
  tool_result_image: responsesItems(called, { type: 'function_call_output', call_id: 'call_1', output: [{ type: 'input_image', image_url: PNG }] }),
  reasoning_effort: { input: 'Hi', reasoning: { effort: 'high' } },
  reasoning_messages: sealedItem(WRAPPED.messages),
  reasoning_responses: sealedItem('gAAA'),
  reasoning_chat: sealedItem(WRAPPED.chat),
  reasoning_open: responsesItems({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'So.' }] }, { role: 'assistant', content: 'Yes' }),
  refusal: responsesItems({ role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }),
  items_responses: responsesItems({ type: 'web_search_call', status: 'completed' }, { role: 'assistant', content: 'Yes' }),
  json_object: { input: 'Hi', text: { format: { type: 'json_object' } } },
  json_schema: { input: 'Hi', text: { format: { type: 'json_schema', name: 'n', schema: SCHEMA } } },
  verbosity: { input: 'Hi', text: { verbosity: 'low' } },
  max_tokens: { input: 'Hi', max_output_tokens: 100 },
  temperature: { input: 'Hi', temperature: 0.5 },
  top_p: { input: 'Hi', top_p: 0.5 },
  logprobs: { input: 'Hi', include: ['message.output_text.logprobs'], top_logprobs: 2 },
  user: { input: 'Hi', user: 'u' },
  metadata: { input: 'Hi', metadata: { a: 'b' } },
  prompt_cache_key: { input: 'Hi', prompt_cache_key: 'k' },
}

// Messages.
const messagesTool = { name: 'f', input_schema: SCHEMA }
const messagesTurns = (...content: JsonObject[]): JsonObject => ({ messages: [HI, { role: 'assistant', content: [...content, { type: 'text', text: 'Yes' }] }, AND] })
const toolUse: JsonObject = { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }] }
const png = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: DATA } }

const messages: Samples = {
  system: { messages: [HI], system: 'Be brief.' },
  late_system: { messages: [HI, { role: 'assistant', content: 'Yes' }, { role: 'system', content: 'Be brief.' }, AND] },
  image: { messages: [user([png])] },
  image_url: { messages: [user([{ type: 'image', source: { type: 'url', url: URL } }])] },
  document: { messages: [user([{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: DATA } }])] },
  tools: { messages: [HI], tools: [messagesTool] },
  strict_tools: { messages: [HI], tools: [{ ...messagesTool, strict: true }] },
  tool_choice: { messages: [HI], tools: [messagesTool], tool_choice: { type: 'any' } },
  parallel_tool_calls: { messages: [HI], tools: [messagesTool], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
  server_tools_messages: { messages: [HI], tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
  tool_result_image: { messages: [HI, toolUse, user([{ type: 'tool_result', tool_use_id: 'toolu_1', content: [png] }])] },
  tool_error: { messages: [HI, toolUse, user([{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'no', is_error: true }])] },
  reasoning_effort: { messages: [HI], thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
  reasoning_budget: { messages: [HI], thinking: { type: 'enabled', budget_tokens: 2048 } },
  reasoning_messages: messagesTurns({ type: 'thinking', thinking: 'So.', signature: 'EqQB' }),
  reasoning_responses: messagesTurns({ type: 'redacted_thinking', data: WRAPPED.responses }),
  reasoning_chat: messagesTurns({ type: 'thinking', thinking: 'So.', signature: WRAPPED.chat }),
  reasoning_open: messagesTurns({ type: 'thinking', thinking: 'So.', signature: '' }),
  blocks_messages: messagesTurns({ type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }),
  cache_control: { messages: [user([{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }])] },
  json_schema: { messages: [HI], output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
  max_tokens: { messages: [HI], max_tokens: 100 },
  temperature: { messages: [HI], temperature: 0.5 },
  top_p: { messages: [HI], top_p: 0.5 },
  top_k: { messages: [HI], top_k: 5 },
  stop: { messages: [HI], stop_sequences: ['END'] },
  user: { messages: [HI], metadata: { user_id: 'u' } },
}

// Gemini.
const parts = (...list: JsonObject[]): JsonObject => ({ role: 'user', parts: list })
const GEMINI_HI = parts({ text: 'Hi' })
const contents = (...list: JsonObject[]): JsonObject => ({ contents: list })
const config = (generationConfig: JsonObject): JsonObject => ({ contents: [GEMINI_HI], generationConfig })
const declared = [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: SCHEMA }] }]
const two = [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }] }]
const calling = (functionCallingConfig: JsonObject): JsonObject => ({ contents: [GEMINI_HI], tools: two, toolConfig: { functionCallingConfig } })

const gemini: Samples = {
  system: { contents: [GEMINI_HI], systemInstruction: { parts: [{ text: 'Be brief.' }] } },
  image: contents(parts({ inlineData: { mimeType: 'image/png', data: DATA } })),
  image_url: contents(parts({ fileData: { mimeType: 'image/png', fileUri: URL } })),
  document: contents(parts({ inlineData: { mimeType: 'application/pdf', data: DATA } })),
  audio: contents(parts({ inlineData: { mimeType: 'audio/wav', data: DATA } })),
  tools: { contents: [GEMINI_HI], tools: declared },
  tool_choice: calling({ mode: 'NONE' }),
  allowed_tools: calling({ mode: 'AUTO', allowedFunctionNames: ['f'] }),
  tool_error: contents(GEMINI_HI, { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] }, parts({ functionResponse: { name: 'f', response: { error: 'no' } } })),
  reasoning_effort: config({ thinkingConfig: { thinkingLevel: 'HIGH' } }),
  reasoning_budget: config({ thinkingConfig: { thinkingBudget: 2048 } }),
  reasoning_gemini: contents(GEMINI_HI, { role: 'model', parts: [{ text: 'Yes', thoughtSignature: 'CiQ=' }] }, GEMINI_HI),
  reasoning_open: contents(GEMINI_HI, { role: 'model', parts: [{ text: 'So.', thought: true }, { text: 'Yes' }] }, GEMINI_HI),
  parts_gemini: contents(parts({ text: 'Hi' }, { executableCode: { language: 'PYTHON', code: '1' } })),
  json_object: config({ responseMimeType: 'application/json' }),
  json_schema: config({ responseMimeType: 'application/json', responseJsonSchema: SCHEMA }),
  max_tokens: config({ maxOutputTokens: 100 }),
  temperature: config({ temperature: 0.5 }),
  top_p: config({ topP: 0.5 }),
  top_k: config({ topK: 5 }),
  frequency_penalty: config({ frequencyPenalty: 1 }),
  presence_penalty: config({ presencePenalty: 1 }),
  seed: config({ seed: 1 }),
  stop: config({ stopSequences: ['END'] }),
  logprobs: config({ responseLogprobs: true, logprobs: 2 }),
}

// Ollama.
const ask = (extra: JsonObject): JsonObject => ({ messages: [HI], ...extra })
const options = (values: JsonObject): JsonObject => ask({ options: values })

const ollama: Samples = {
  system: { messages: [{ role: 'system', content: 'Be brief.' }, HI] },
  late_system: { messages: [HI, { role: 'assistant', content: 'Yes' }, { role: 'system', content: 'Be brief.' }, AND] },
  image: { messages: [{ ...HI, images: [DATA] }] },
  tools: ask({ tools: [chatTool] }),
  reasoning_effort: ask({ think: 'high' }),
  reasoning_open: { messages: [HI, { role: 'assistant', content: 'Yes', thinking: 'So.' }, AND] },
  json_object: ask({ format: 'json' }),
  json_schema: ask({ format: SCHEMA }),
  max_tokens: options({ num_predict: 100 }),
  temperature: options({ temperature: 0.5 }),
  top_p: options({ top_p: 0.5 }),
  top_k: options({ top_k: 5 }),
  frequency_penalty: options({ frequency_penalty: 1 }),
  presence_penalty: options({ presence_penalty: 1 }),
  seed: options({ seed: 1 }),
  stop: options({ stop: ['END'] }),
}

export const SAMPLES = { chat, completions, responses, messages, gemini, ollama }
