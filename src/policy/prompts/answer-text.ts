import { asArray, asObject, asString, tryParseJson, type JsonObject } from '../../core/json.ts'

type Kind = 'text' | 'thinking' | 'tool'
type Piece = readonly [kind: Kind, text: string]

/**
 * What a person would read of an answer, in whichever dialect it was given: the text of a stream put together again, so that
 * what must be redacted is found although it came in pieces.
 */
export function answerText(text: string): string {
  let last: Kind = 'text'
  let together = ''
  for (const line of text.split('\n')) {
    const json = line.startsWith('data:') ? line.slice(5) : line
    const event = asObject(tryParseJson(json))
    if (!event) continue
    for (const [kind, piece] of piecesOf(event)) {
      if (kind !== last) together += `${together === '' ? '' : '\n'}[${kind}] `
      last = kind
      together += piece
    }
  }
  return together
}

function piecesOf(event: JsonObject): Piece[] {
  const pieces: Piece[] = []
  const add = (kind: Kind, value: unknown): void => {
    const text = asString(value)
    if (text !== undefined && text !== '') pieces.push([kind, text])
  }
  for (const choice of asArray(event['choices'])) ofChoice(asObject(choice), add)
  ofTypedEvent(event, add)
  for (const candidate of asArray(event['candidates'])) {
    for (const part of asArray(asObject(asObject(candidate)?.['content'])?.['parts'])) {
      const { text, thought, functionCall } = asObject(part) ?? {}
      add(thought === true ? 'thinking' : 'text', text)
      if (functionCall !== undefined) add('tool', JSON.stringify(functionCall))
    }
  }
  const message = asObject(event['message'])
  add('thinking', message?.['thinking'])
  // Ollama's; Anthropic's `message_start` holds a list there.
  add('text', message?.['content'])
  add('text', event['response'])
  for (const call of asArray(message?.['tool_calls'])) add('tool', JSON.stringify(call))
  return pieces
}

type Add = (kind: Kind, value: unknown) => void

function ofChoice(choice: JsonObject | undefined, add: Add): void {
  const delta = asObject(choice?.['delta'])
  add('thinking', delta?.['reasoning_text'] ?? delta?.['reasoning_content'])
  add('text', delta?.['content'] ?? choice?.['text'])
  for (const call of asArray(delta?.['tool_calls'])) {
    const called = asObject(asObject(call)?.['function'])
    add('tool', called?.['name'])
    add('tool', called?.['arguments'])
  }
}

/** The Responses API's and Anthropic's events name their kind. */
function ofTypedEvent(event: JsonObject, add: Add): void {
  const { type, delta } = event
  const block = asObject(event['content_block'])
  const item = asObject(event['item'])
  if (type === 'response.output_text.delta' || type === 'response.refusal.delta') add('text', delta)
  else if (type === 'response.reasoning_summary_text.delta') add('thinking', delta)
  else if (type === 'response.function_call_arguments.delta') add('tool', delta)
  else if (type === 'response.custom_tool_call_input.delta') add('tool', delta)
  else if (type === 'response.output_item.added') add('tool', item?.['name'])
  else if (type === 'content_block_start') add('tool', block?.['name'])
  else if (type === 'content_block_delta') {
    const inner = asObject(delta)
    add('text', inner?.['text'])
    add('thinking', inner?.['thinking'])
    add('tool', inner?.['partial_json'])
  }
}
