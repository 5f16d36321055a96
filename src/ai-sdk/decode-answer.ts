import type {
  LanguageModelV3Content,
  LanguageModelV3FinishReason,
  LanguageModelV3Source,
  LanguageModelV3Usage,
  SharedV3ProviderMetadata,
} from '@ai-sdk/provider'
import type { ChatAnnotation, ChatChoice, ChatUsage } from '../sdk/types/chat.ts'
import { NAMESPACE } from './encode-prompt.ts'

/** One whole answer as the AI SDK's content, in the order a person would read it. */
export function decodeContent(choice: ChatChoice, jsonTool?: string): LanguageModelV3Content[] {
  const { message } = choice
  const content: LanguageModelV3Content[] = []
  if (message.reasoning_text || message.reasoning_opaque) {
    content.push({
      type: 'reasoning',
      text: message.reasoning_text ?? '',
      ...opaqueMetadata(message.reasoning_opaque),
    })
  }
  const text = message.content ?? message.refusal ?? ''
  const isObject = message.tool_calls?.some(
    (call) => call.type === 'function' && call.function.name === jsonTool,
  )
  // What is said around an object would only spoil it.
  if (text !== '' && !isObject) content.push({ type: 'text', text })
  for (const call of message.tool_calls ?? []) {
    const [toolName, input] =
      call.type === 'function'
        ? [call.function.name, call.function.arguments]
        : [call.custom.name, call.custom.input]
    if (toolName === jsonTool) content.push({ type: 'text', text: input })
    else content.push({ type: 'tool-call', toolCallId: call.id, toolName, input: input || '{}' })
  }
  return [...content, ...decodeSources(message.annotations)]
}

/** The pages that the answer refers to, each once. */
export function decodeSources(
  annotations: readonly ChatAnnotation[] | undefined,
  known: ReadonlySet<string> = new Set(),
): (LanguageModelV3Source & { readonly sourceType: 'url' })[] {
  const titles = new Map<string, string>()
  for (const { url_citation: page } of annotations ?? []) {
    if (!known.has(page.url)) titles.set(page.url, page.title)
  }
  return [...titles].map(([url, title]) => ({
    type: 'source',
    sourceType: 'url',
    id: url,
    url,
    title,
  }))
}

/** Sealed reasoning, to be given back unchanged with the next turn. */
export function opaqueMetadata(opaque: string | undefined): {
  providerMetadata?: SharedV3ProviderMetadata
} {
  return opaque ? { providerMetadata: { [NAMESPACE]: { opaque } } } : {}
}

/** `onlyObject`: the only tool called was the one that carries the object, so nothing is left to run. */
export function decodeFinish(
  raw: string | null | undefined,
  onlyObject = false,
): LanguageModelV3FinishReason {
  const unified = FINISH[raw ?? ''] ?? 'other'
  return {
    unified: onlyObject && unified === 'tool-calls' ? 'stop' : unified,
    raw: raw ?? undefined,
  }
}

const FINISH: Readonly<Record<string, LanguageModelV3FinishReason['unified']>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
}

export function decodeUsage(usage: ChatUsage | null | undefined): LanguageModelV3Usage {
  const input = usage?.prompt_tokens
  const cached = usage?.prompt_tokens_details?.cached_tokens
  const output = usage?.completion_tokens
  const reasoning = usage?.completion_tokens_details?.reasoning_tokens
  return {
    inputTokens: {
      total: input,
      noCache: input === undefined ? undefined : input - (cached ?? 0),
      cacheRead: cached,
      cacheWrite: undefined,
    },
    outputTokens: {
      total: output,
      text: output === undefined ? undefined : output - (reasoning ?? 0),
      reasoning,
    },
    // What came over the wire is JSON.
    ...(usage
      ? { raw: structuredClone(usage) as object as NonNullable<LanguageModelV3Usage['raw']> }
      : {}),
  }
}
