import type { JsonObject } from '../../../core/json.ts'
import { amount, answer, either, flag, list, object, orNull, text, whole, words } from './schema.ts'

/** What one dialect takes and gives: its own public document in short, and a link to the whole. */
export interface CallSchema {
  readonly documents: string
  readonly request: JsonObject
  readonly answer: JsonObject
  /** Of a stream; absent where there is none. */
  readonly stream?: 'text/event-stream' | 'application/x-ndjson' | undefined
}

const OPENAI = 'https://platform.openai.com/docs/api-reference'
const ANTHROPIC = 'https://docs.anthropic.com/en/api'
const GEMINI = 'https://ai.google.dev/api'
const OLLAMA = 'https://github.com/ollama/ollama/blob/main/docs/api.md'

const model = { type: 'string', description: 'As `GET /v1/models` lists it' } as const
const loose: JsonObject = { type: 'object' }
const sampling = {
  temperature: orNull(amount),
  top_p: orNull(amount),
  stop: either(text, list(text), { type: 'null' }),
  stream: orNull(flag),
  user: orNull(text),
}
const chatMessage = object(
  {
    role: words('system', 'developer', 'user', 'assistant', 'tool', 'function'),
    content: either(text, list(loose), { type: 'null' }),
    name: text,
    tool_calls: list(loose),
    tool_call_id: text,
  },
  ['role'],
)
const openAiUsage = object({ prompt_tokens: whole, completion_tokens: whole, total_tokens: whole })

const chat: CallSchema = {
  documents: `${OPENAI}/chat/create`,
  request: object(
    {
      model,
      messages: list(chatMessage, { minItems: 1 }),
      ...sampling,
      stream_options: orNull(object({ include_usage: flag })),
      max_tokens: orNull(whole),
      max_completion_tokens: orNull(whole),
      n: orNull(whole),
      tools: orNull(list(loose)),
      tool_choice: either(text, loose, { type: 'null' }),
      parallel_tool_calls: orNull(flag),
      response_format: orNull(loose),
      reasoning_effort: orNull(text),
      seed: orNull(whole),
    },
    ['messages'],
  ),
  answer: object(
    {
      id: text,
      object: { const: 'chat.completion' },
      created: whole,
      model: text,
      choices: list(
        object(
          {
            index: whole,
            message: object({ role: text, content: either(text, { type: 'null' }) }, ['role']),
            finish_reason: orNull(text),
          },
          ['index', 'message', 'finish_reason'],
        ),
      ),
      usage: openAiUsage,
    },
    ['id', 'object', 'created', 'model', 'choices'],
  ),
  stream: 'text/event-stream',
}

const completions: CallSchema = {
  documents: `${OPENAI}/completions/create`,
  request: object(
    {
      model,
      prompt: either(text, list(text)),
      suffix: orNull(text),
      max_tokens: orNull(whole),
      n: orNull(whole),
      ...sampling,
    },
    ['prompt'],
  ),
  answer: object(
    {
      id: text,
      object: { const: 'text_completion' },
      created: whole,
      model: text,
      choices: list(object({ index: whole, text, finish_reason: orNull(text) }, ['index', 'text'])),
      usage: openAiUsage,
    },
    ['id', 'object', 'created', 'model', 'choices'],
  ),
  stream: 'text/event-stream',
}

const embeddings: CallSchema = {
  documents: `${OPENAI}/embeddings/create`,
  request: object(
    {
      model,
      input: either(text, list(text), list(whole), list(list(whole))),
      dimensions: orNull(whole),
      encoding_format: words('float', 'base64'),
    },
    ['input'],
  ),
  answer: object(
    {
      object: { const: 'list' },
      model: text,
      data: list(
        answer({
          object: { const: 'embedding' },
          index: whole,
          embedding: either(list(amount), text),
        }),
      ),
      usage: object({ prompt_tokens: whole, total_tokens: whole }),
    },
    ['object', 'data', 'model'],
  ),
}

const response = object(
  { id: text, object: text, status: text, model: text, output: list(loose), usage: orNull(loose) },
  ['id', 'object', 'output'],
)

const responses: CallSchema = {
  documents: `${OPENAI}/responses/create`,
  request: object({
    model,
    input: either(text, list(loose)),
    instructions: orNull(text),
    previous_response_id: orNull(text),
    store: orNull(flag),
    stream: orNull(flag),
    temperature: orNull(amount),
    top_p: orNull(amount),
    max_output_tokens: orNull(whole),
    tools: orNull(list(loose)),
    tool_choice: either(text, loose, { type: 'null' }),
    parallel_tool_calls: orNull(flag),
    reasoning: orNull(loose),
    text: orNull(loose),
    metadata: orNull(loose),
    include: orNull(list(text)),
  }),
  answer: response,
  stream: 'text/event-stream',
}

const messageFields = {
  model,
  messages: list(
    object({ role: words('user', 'assistant'), content: either(text, list(loose)) }, [
      'role',
      'content',
    ]),
    { minItems: 1 },
  ),
  system: either(text, list(loose)),
  tools: list(loose),
  tool_choice: loose,
  thinking: loose,
}

const messages: CallSchema = {
  documents: `${ANTHROPIC}/messages`,
  request: object(
    {
      ...messageFields,
      max_tokens: { ...whole, minimum: 1 },
      stop_sequences: list(text),
      stream: flag,
      temperature: amount,
      top_p: amount,
      top_k: whole,
      metadata: loose,
    },
    ['messages', 'max_tokens'],
  ),
  answer: object(
    {
      id: text,
      type: { const: 'message' },
      role: { const: 'assistant' },
      model: text,
      content: list(object({ type: text }, ['type'])),
      stop_reason: orNull(text),
      stop_sequence: orNull(text),
      usage: object({ input_tokens: whole, output_tokens: whole }, [
        'input_tokens',
        'output_tokens',
      ]),
    },
    ['id', 'type', 'role', 'model', 'content', 'usage'],
  ),
  stream: 'text/event-stream',
}

const countTokens: CallSchema = {
  documents: `${ANTHROPIC}/messages-count-tokens`,
  request: object(messageFields, ['messages']),
  answer: answer({ input_tokens: whole }),
}

const contents = list(object({ role: text, parts: list(loose) }), { minItems: 1 })
const generateRequest = object(
  {
    contents,
    systemInstruction: loose,
    tools: list(loose),
    toolConfig: loose,
    generationConfig: loose,
    safetySettings: list(loose),
  },
  ['contents'],
)
const generated = object({
  candidates: list(
    object({ content: object({ role: text, parts: list(loose) }), finishReason: text }),
  ),
  usageMetadata: loose,
  modelVersion: text,
  responseId: text,
})
const embedContent = object({ content: object({ parts: list(loose) }, ['parts']) }, ['content'])
const values = object({ values: list(amount) }, ['values'])

const ollamaOptions = {
  stream: flag,
  format: either(text, loose),
  options: loose,
  keep_alive: either(text, amount),
  think: either(flag, text),
}
const ollamaDone = {
  model: text,
  created_at: text,
  done: flag,
  done_reason: text,
  prompt_eval_count: whole,
  eval_count: whole,
}

/** By the id of the dialect registry. */
export const CALL_SCHEMAS: Readonly<Record<string, CallSchema>> = {
  chat,
  completions,
  embeddings,
  responses,
  'responses:compact': {
    documents: `${OPENAI}/responses/compact`,
    request: object({
      model,
      input: either(text, list(loose)),
      instructions: orNull(text),
      previous_response_id: orNull(text),
    }),
    answer: object({ id: text, object: text, output: list(loose), usage: orNull(loose) }, [
      'id',
      'output',
    ]),
  },
  messages,
  'messages:count_tokens': countTokens,
  'gemini:generateContent': {
    documents: `${GEMINI}/generate-content`,
    request: generateRequest,
    answer: generated,
  },
  'gemini:streamGenerateContent': {
    documents: `${GEMINI}/generate-content#method:-models.streamgeneratecontent`,
    request: generateRequest,
    answer: list(generated, { description: 'Without `alt=sse`: the whole stream as one array' }),
    stream: 'text/event-stream',
  },
  'gemini:countTokens': {
    documents: `${GEMINI}/tokens`,
    request: object({ contents, generateContentRequest: loose }),
    answer: object({ totalTokens: whole }, ['totalTokens']),
  },
  'gemini:embedContent': {
    documents: `${GEMINI}/embeddings`,
    request: embedContent,
    answer: object({ embedding: values }, ['embedding']),
  },
  'gemini:batchEmbedContents': {
    documents: `${GEMINI}/embeddings#method:-models.batchembedcontents`,
    request: object({ requests: list(embedContent, { minItems: 1 }) }, ['requests']),
    answer: object({ embeddings: list(values) }, ['embeddings']),
  },
  'ollama:chat': {
    documents: `${OLLAMA}#generate-a-chat-completion`,
    request: object({ model, messages: list(loose), tools: list(loose), ...ollamaOptions }, [
      'model',
    ]),
    answer: object({ ...ollamaDone, message: object({ role: text, content: text }) }, [
      'model',
      'done',
    ]),
    stream: 'application/x-ndjson',
  },
  'ollama:generate': {
    documents: `${OLLAMA}#generate-a-completion`,
    request: object(
      { model, prompt: text, suffix: text, system: text, images: list(text), ...ollamaOptions },
      ['model'],
    ),
    answer: object({ ...ollamaDone, response: text }, ['model', 'done']),
    stream: 'application/x-ndjson',
  },
  'ollama:embed': {
    documents: `${OLLAMA}#generate-embeddings`,
    request: object({ model, input: either(text, list(text)), dimensions: whole }, [
      'model',
      'input',
    ]),
    answer: object({ model: text, embeddings: list(list(amount)) }, ['embeddings']),
  },
  'ollama:embeddings': {
    documents: `${OLLAMA}#generate-embedding`,
    request: object({ model, prompt: text }, ['model', 'prompt']),
    answer: object({ embedding: list(amount) }, ['embedding']),
  },
}

export const RESPONSE_SCHEMA = response
