import type { JsonValue } from '../../core/json.ts'

/** An event with a data line only, as OpenAI's chat and Gemini's streams use. */
export function dataEvent(data: JsonValue): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

/** An event with a name, as Anthropic's and OpenAI's responses streams use. */
export function namedEvent(event: string, data: JsonValue): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
