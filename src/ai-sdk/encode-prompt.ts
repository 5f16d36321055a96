import type {
  LanguageModelV3FilePart,
  LanguageModelV3Prompt,
  LanguageModelV3ToolResultOutput,
  SharedV3ProviderOptions,
} from '@ai-sdk/provider'
import { UnsupportedParamsError } from '../core/errors.ts'
import { never } from '../core/parts.ts'
import type {
  ChatAssistantMessage,
  ChatContentPart,
  ChatMessage,
  ChatToolCall,
} from '../sdk/types/chat.ts'

/** The name under which this provider's own options and metadata stand. */
export const NAMESPACE = 'jetway'

/** The AI SDK's prompt as messages of the chat dialect. */
export function encodePrompt(prompt: LanguageModelV3Prompt): ChatMessage[] {
  return prompt.flatMap(encodeMessage)
}

function encodeMessage(message: LanguageModelV3Prompt[number]): ChatMessage[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.content }]
    case 'user':
      return [{ role: 'user', content: encodeUser(message.content) }]
    case 'assistant':
      return [encodeAssistant(message.content)]
    case 'tool':
      return message.content.flatMap((part) =>
        // An approval is between the AI SDK and the person; the model sees the tool's result alone.
        part.type === 'tool-result'
          ? [{ role: 'tool', tool_call_id: part.toolCallId, content: encodeOutput(part.output) }]
          : [],
      )
    default:
      return never(message)
  }
}

type UserPart = Extract<LanguageModelV3Prompt[number], { role: 'user' }>['content'][number]
type AssistantPart = Extract<
  LanguageModelV3Prompt[number],
  { role: 'assistant' }
>['content'][number]

function encodeUser(parts: readonly UserPart[]): string | ChatContentPart[] {
  const [only] = parts
  if (parts.length === 1 && only?.type === 'text') return only.text
  return parts.map((part) =>
    part.type === 'text' ? { type: 'text', text: part.text } : encodeFile(part),
  )
}

function encodeAssistant(parts: readonly AssistantPart[]): ChatAssistantMessage {
  let text = ''
  let reasoning = ''
  let opaque: string | undefined
  const calls: ChatToolCall[] = []
  for (const part of parts) {
    if (part.type === 'text') text += part.text
    else if (part.type === 'reasoning') {
      reasoning += part.text
      opaque = readOpaque(part.providerOptions) ?? opaque
    } else if (part.type === 'tool-call') {
      calls.push({
        id: part.toolCallId,
        type: 'function',
        function: { name: part.toolName, arguments: JSON.stringify(part.input ?? {}) },
      })
    } else if (part.type === 'file') {
      throw new UnsupportedParamsError('a file in an assistant turn cannot be sent to a model')
    }
  }
  return {
    role: 'assistant',
    content: text === '' ? null : text,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(reasoning === '' ? {} : { reasoning_text: reasoning }),
    ...(opaque === undefined ? {} : { reasoning_opaque: opaque }),
  }
}

function readOpaque(options: SharedV3ProviderOptions | undefined): string | undefined {
  const opaque = options?.[NAMESPACE]?.['opaque']
  return typeof opaque === 'string' ? opaque : undefined
}

/** Files as version 7 of the AI SDK gives them, where the older forms have no word for them. */
type NewerData =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reference'; readonly reference: unknown }

function encodeFile(part: LanguageModelV3FilePart): ChatContentPart {
  const { mediaType, filename } = part
  const data = plainData(part.data)
  if (mediaType.startsWith('image/')) {
    const type = mediaType === 'image/*' ? 'image/jpeg' : mediaType
    return { type: 'image_url', image_url: { url: toUrl(data, type) } }
  }
  if (mediaType.startsWith('audio/')) {
    if (data instanceof URL) throw new UnsupportedParamsError('audio must be given as data')
    const format = mediaType === 'audio/mpeg' ? 'mp3' : (mediaType.split('/')[1] ?? 'wav')
    return { type: 'input_audio', input_audio: { data: toBase64(data), format } }
  }
  if (data instanceof URL) {
    throw new UnsupportedParamsError(`a ${mediaType} file must be given as data, not by address`)
  }
  const file = { file_data: toUrl(data, mediaType), filename: filename ?? 'file' }
  return { type: 'file', file }
}

function plainData(
  data: LanguageModelV3FilePart['data'] | NewerData,
): LanguageModelV3FilePart['data'] {
  if (typeof data === 'string' || data instanceof URL || data instanceof Uint8Array) return data
  if (data.type === 'text') return Buffer.from(data.text)
  throw byReference()
}

function byReference(): UnsupportedParamsError {
  return new UnsupportedParamsError(
    'a file that another provider keeps cannot be sent to Copilot: give its content',
  )
}

function toUrl(data: LanguageModelV3FilePart['data'], mediaType: string): string {
  return data instanceof URL ? data.toString() : `data:${mediaType};base64,${toBase64(data)}`
}

function toBase64(data: string | Uint8Array): string {
  return typeof data === 'string'
    ? data
    : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
}

type ResultPart = Extract<LanguageModelV3ToolResultOutput, { type: 'content' }>['value'][number]

function encodeResultPart(part: ResultPart): ChatContentPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'image-url':
      return { type: 'image_url', image_url: { url: part.url } }
    // Its kind is not told; chat has addresses for images alone.
    case 'file-url':
      return { type: 'image_url', image_url: { url: part.url } }
    case 'image-data':
    case 'file-data':
      return encodeFile({ ...part, type: 'file' })
    case 'file-id':
    case 'image-file-id':
      throw byReference()
    case 'custom':
      throw new UnsupportedParamsError(`a tool's result cannot hold '${part.type}'`)
    default:
      return encodeNewerPart(part)
  }
}

function encodeNewerPart(part: object): ChatContentPart {
  const { type, data, mediaType, filename } = part as {
    readonly type?: unknown
  } & Partial<LanguageModelV3FilePart>
  if (type !== 'file' || data === undefined) {
    throw new UnsupportedParamsError(`a tool's result cannot hold '${String(type)}'`)
  }
  return encodeFile({
    type,
    data,
    mediaType: mediaType ?? 'text/plain',
    ...(filename === undefined ? {} : { filename }),
  })
}

function encodeOutput(output: LanguageModelV3ToolResultOutput): string | ChatContentPart[] {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return output.value
    case 'json':
    case 'error-json':
      return JSON.stringify(output.value)
    case 'execution-denied':
      return output.reason ?? 'The person did not allow this tool to run.'
    case 'content':
      return output.value.map(encodeResultPart)
    default:
      return never(output)
  }
}
