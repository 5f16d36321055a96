/** What becomes of a feature on a wire. */
export type Fate = 'kept' | 'degraded' | 'refused'

/** The wires that generate. */
export const GENERATE_WIRES = ['chat', 'responses', 'messages'] as const
export type GenerateWire = (typeof GENERATE_WIRES)[number]

interface Row extends Readonly<Record<GenerateWire, Fate>> {
  /** For people: what it is. */
  readonly what: string
  /** For people: what happens where it is not kept, or what to do about a refusal. */
  readonly note?: string
}

/**
 * Feature by wire: the one place that says what a translation carries. The wires' encoders refuse and name by it,
 * `docs/fidelity.md` is printed from it, and a test proves each cell by encoding a request that needs the feature.
 * The names are those of `x-jetway-degraded`.
 */
export const FIDELITY = {
  system: { what: 'System prompt', chat: 'kept', responses: 'kept', messages: 'kept' },
  late_system: {
    what: 'System message between turns',
    chat: 'kept',
    responses: 'kept',
    messages: 'degraded',
    note: 'becomes a marked text of the next user turn',
  },
  image: { what: 'Image as data', chat: 'kept', responses: 'kept', messages: 'kept' },
  image_url: { what: 'Image by URL', chat: 'kept', responses: 'kept', messages: 'kept' },
  image_detail: {
    what: 'Detail level of an image',
    chat: 'kept',
    responses: 'kept',
    messages: 'degraded',
    note: 'left out',
  },
  document: {
    what: 'Document (PDF, text)',
    chat: 'kept',
    responses: 'kept',
    messages: 'kept',
  },
  audio: {
    what: 'Audio',
    chat: 'kept',
    responses: 'refused',
    messages: 'refused',
    note: 'call a model that is served on chat completions, or send a transcript',
  },
  tools: { what: 'Functions', chat: 'kept', responses: 'kept', messages: 'kept' },
  strict_tools: {
    what: 'Arguments held strictly to the schema',
    chat: 'kept',
    responses: 'kept',
    messages: 'degraded',
    note: 'the schema is sent, the guarantee is not given',
  },
  tool_choice: {
    what: 'Choice of tool (none, required, one)',
    chat: 'kept',
    responses: 'kept',
    messages: 'kept',
  },
  allowed_tools: {
    what: 'Choice among some of the tools',
    chat: 'kept',
    responses: 'kept',
    messages: 'kept',
  },
  parallel_tool_calls: {
    what: 'Parallel tool calls on or off',
    chat: 'kept',
    responses: 'kept',
    messages: 'kept',
  },
  custom_tools: {
    what: 'Custom tools (raw text in)',
    chat: 'kept',
    responses: 'kept',
    messages: 'degraded',
    note: 'becomes a function with one text, also on chat for models that are not OpenAI’s and on /responses for xAI’s or one that refuses it; the grammar is only described; calls are mapped back',
  },
  namespaces: {
    what: 'Tools in a namespace',
    chat: 'kept',
    responses: 'kept',
    messages: 'kept',
    note: 'joined into the name, and taken apart again in the answer',
  },
  server_tools_messages: {
    what: 'Anthropic’s own tools (web_search_…, bash_…)',
    chat: 'refused',
    responses: 'refused',
    messages: 'kept',
    note: 'left out and named when other tools remain and the choice is free; call a model that is served on /v1/messages, or offer a function of your own',
  },
  server_tools_responses: {
    what: 'OpenAI’s own tools (web_search, …)',
    chat: 'refused',
    responses: 'kept',
    messages: 'refused',
    note: 'left out and named when other tools remain and the choice is free; call a model that is served on /responses, or offer a function of your own',
  },
  server_tools_chat: {
    what: 'Tools of a kind that only chat completions has',
    chat: 'kept',
    responses: 'refused',
    messages: 'refused',
    note: 'left out and named when other tools remain and the choice is free; call a model that is served on /chat/completions, or offer a function of your own',
  },
  tool_result_image: {
    what: 'Images in a tool’s result',
    chat: 'degraded',
    responses: 'kept',
    messages: 'kept',
    note: 'moved to a user message after the results',
  },
  tool_error: {
    what: 'A tool’s result marked as an error',
    chat: 'degraded',
    responses: 'degraded',
    messages: 'kept',
    note: 'the text stays, the mark goes',
  },
  reasoning_effort: {
    what: 'Reasoning effort',
    chat: 'kept',
    responses: 'kept',
    messages: 'kept',
    note: 'taken to the nearest level of the model, or a token budget',
  },
  reasoning_budget: {
    what: 'Reasoning budget in tokens',
    chat: 'kept',
    responses: 'degraded',
    messages: 'kept',
    note: 'becomes the nearest effort',
  },
  reasoning_messages: {
    what: 'Signed thinking of a Claude model, given back',
    chat: 'degraded',
    responses: 'degraded',
    messages: 'kept',
    note: 'left out: it can be read only where it was made',
  },
  reasoning_responses: {
    what: 'Encrypted reasoning of a responses model, given back',
    chat: 'degraded',
    responses: 'kept',
    messages: 'degraded',
    note: 'left out: it can be read only where it was made',
  },
  reasoning_chat: {
    what: 'Opaque reasoning of a chat model, given back',
    chat: 'kept',
    responses: 'degraded',
    messages: 'degraded',
    note: 'left out: it can be read only where it was made',
  },
  reasoning_gemini: {
    what: 'Thought signature of the Gemini API, given back',
    chat: 'degraded',
    responses: 'degraded',
    messages: 'degraded',
    note: 'left out: it can be read only where it was made',
  },
  reasoning_open: {
    what: 'Reasoning text without a seal, given back',
    chat: 'kept',
    responses: 'degraded',
    messages: 'degraded',
    note: 'left out: the wire takes only what is sealed',
  },
  refusal: {
    what: 'A refusal in an earlier turn',
    chat: 'kept',
    responses: 'kept',
    messages: 'degraded',
    note: 'becomes text',
  },
  blocks_messages: {
    what: 'Other blocks of the messages wire',
    chat: 'degraded',
    responses: 'degraded',
    messages: 'kept',
    note: 'left out',
  },
  items_responses: {
    what: 'Other items of the responses wire',
    chat: 'degraded',
    responses: 'kept',
    messages: 'degraded',
    note: 'left out',
  },
  parts_chat: {
    what: 'Other parts of the chat wire',
    chat: 'kept',
    responses: 'degraded',
    messages: 'degraded',
    note: 'left out',
  },
  parts_gemini: {
    what: 'Other parts of the Gemini API',
    chat: 'degraded',
    responses: 'degraded',
    messages: 'degraded',
    note: 'left out',
  },
  cache_control: {
    what: 'Cache marks',
    chat: 'kept',
    responses: 'degraded',
    messages: 'kept',
    note: 'left out: the wire caches by itself',
  },
  json_object: {
    what: 'JSON mode without a schema',
    chat: 'kept',
    responses: 'kept',
    messages: 'degraded',
    note: 'becomes a sentence of the system prompt',
  },
  json_schema: {
    what: 'JSON by a schema',
    chat: 'kept',
    responses: 'kept',
    messages: 'kept',
    note: 'Claude takes no notice of it on chat: asked there, it goes to /v1/messages, as a sentence where the model takes no schema',
  },
  verbosity: {
    what: 'Verbosity',
    chat: 'kept',
    responses: 'kept',
    messages: 'degraded',
    note: 'left out',
  },
  max_tokens: { what: 'Longest answer', chat: 'kept', responses: 'kept', messages: 'kept' },
  temperature: { what: 'Temperature', chat: 'kept', responses: 'kept', messages: 'kept' },
  top_p: { what: 'top_p', chat: 'kept', responses: 'kept', messages: 'kept' },
  top_k: {
    what: 'top_k',
    chat: 'degraded',
    responses: 'degraded',
    messages: 'kept',
    note: 'left out',
  },
  frequency_penalty: {
    what: 'Frequency penalty',
    chat: 'kept',
    responses: 'degraded',
    messages: 'degraded',
    note: 'left out',
  },
  presence_penalty: {
    what: 'Presence penalty',
    chat: 'kept',
    responses: 'degraded',
    messages: 'degraded',
    note: 'left out',
  },
  seed: {
    what: 'Seed',
    chat: 'kept',
    responses: 'degraded',
    messages: 'degraded',
    note: 'left out',
  },
  stop: {
    what: 'Stop sequences',
    chat: 'kept',
    responses: 'kept',
    messages: 'kept',
    note: 'where the wire has none itself, or does not say which one it met to a client that is told, the answer is cut where one stands, and the upstream is stopped there',
  },
  logprobs: {
    what: 'Log probabilities',
    chat: 'kept',
    responses: 'kept',
    messages: 'degraded',
    note: 'left out',
  },
  n: {
    what: 'Several answers',
    chat: 'kept',
    responses: 'refused',
    messages: 'refused',
    note: 'send the request as often as answers are wanted',
  },
  user: { what: 'End user', chat: 'kept', responses: 'kept', messages: 'kept' },
  metadata: {
    what: 'Metadata',
    chat: 'kept',
    responses: 'kept',
    messages: 'degraded',
    note: 'left out',
  },
  prompt_cache_key: {
    what: 'Prompt cache key',
    chat: 'kept',
    responses: 'kept',
    messages: 'degraded',
    note: 'left out',
  },
} as const satisfies Readonly<Record<string, Row>>

export type Feature = keyof typeof FIDELITY
export const FEATURES = Object.keys(FIDELITY) as Feature[]

export function rowOf(feature: Feature): Row {
  return FIDELITY[feature]
}
