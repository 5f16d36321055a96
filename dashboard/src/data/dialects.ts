/** How each dialect asks a question and streams its answer: what the playground sends, shows as code, and reads. */
export interface PlayDialect {
  readonly name: string
  readonly title: string
  path(model: string): string
  body(question: Question): Record<string, unknown>
  /** The text that one event adds; `undefined` for an event that adds none. */
  textOf(event: Record<string, unknown>): string | undefined
  /** Ollama streams lines, the others events. */
  readonly lines?: boolean
}

export interface Question {
  readonly model: string
  readonly system: string
  readonly prompt: string
}

type Loose = Record<string, unknown> | undefined

const at = (value: unknown, ...path: (string | number)[]): unknown => {
  let found = value
  for (const step of path) found = (found as Loose)?.[step]
  return found
}
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const turns = ({ system, prompt }: Question): readonly { role: string; content: string }[] => [
  ...(system === '' ? [] : [{ role: 'system', content: system }]),
  { role: 'user', content: prompt },
]

export const PLAY_DIALECTS: readonly PlayDialect[] = [
  {
    name: 'chat',
    title: 'OpenAI chat completions',
    path: () => '/v1/chat/completions',
    body: (question) => ({ model: question.model, messages: turns(question), stream: true }),
    textOf: (event) => text(at(event, 'choices', 0, 'delta', 'content')),
  },
  {
    name: 'responses',
    title: 'OpenAI responses',
    path: () => '/v1/responses',
    body: ({ model, system, prompt }) => ({
      model,
      ...(system === '' ? {} : { instructions: system }),
      input: prompt,
      stream: true,
    }),
    textOf: (event) =>
      event['type'] === 'response.output_text.delta' ? text(event['delta']) : undefined,
  },
  {
    name: 'messages',
    title: 'Anthropic messages',
    path: () => '/v1/messages',
    body: ({ model, system, prompt }) => ({
      model,
      max_tokens: 4096,
      ...(system === '' ? {} : { system }),
      messages: [{ role: 'user', content: prompt }],
      stream: true,
    }),
    textOf: (event) => text(at(event, 'delta', 'text')),
  },
  {
    name: 'gemini',
    title: 'Gemini',
    path: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    body: ({ system, prompt }) => ({
      ...(system === '' ? {} : { systemInstruction: { parts: [{ text: system }] } }),
      contents: [{ role: 'user', parts: [{ text: prompt }] }],
    }),
    textOf: (event) => text(at(event, 'candidates', 0, 'content', 'parts', 0, 'text')),
  },
  {
    name: 'ollama',
    title: 'Ollama chat',
    path: () => '/api/chat',
    body: (question) => ({ model: question.model, messages: turns(question), stream: true }),
    textOf: (event) => text(at(event, 'message', 'content')),
    lines: true,
  },
]

export function dialectNamed(name: string | null): PlayDialect {
  // The table is never empty.
  return PLAY_DIALECTS.find((one) => one.name === name) ?? PLAY_DIALECTS[0]!
}
