import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3GenerateResult,
  LanguageModelV3StreamPart,
  LanguageModelV3StreamResult,
  SharedV3Warning,
} from '@ai-sdk/provider'
import { BadGatewayError } from '../core/errors.ts'
import type { AnswerStream } from '../sdk/answer-stream.ts'
import type { JetwayClient } from '../sdk/client.ts'
import type { ChatCompletion, ChatCompletionChunk } from '../sdk/types/chat.ts'
import { decodeContent, decodeFinish, decodeUsage } from './decode-answer.ts'
import { createStreamPartDecoder } from './decode-stream.ts'
import type { StreamPartDecoder } from './decode-stream.ts'
import { encodeCall } from './encode-options.ts'
import type { EncodedCall } from './encode-options.ts'
import { lossWarnings } from './loss-warnings.ts'

/** One model behind the AI SDK's interface, over `completion`. */
export function createLanguageModel(client: JetwayClient, modelId: string): LanguageModelV3 {
  return {
    specificationVersion: 'v3',
    provider: 'jetway',
    modelId,
    // Copilot fetches nothing for most models: the AI SDK downloads a file and hands over its bytes.
    supportedUrls: {},
    doGenerate: (options) => generate(client, modelId, options),
    doStream: (options) => stream(client, modelId, options),
  }
}

async function prepare(
  client: JetwayClient,
  modelId: string,
  options: LanguageModelV3CallOptions,
): Promise<EncodedCall> {
  const wantsSchema = options.responseFormat?.type === 'json' && options.responseFormat.schema
  if (!wantsSchema) return encodeCall(modelId, options)
  const models = await client.listModels({ signal: options.abortSignal })
  const spelling = (id: string): string => id.replace(/^github_copilot\//, '').replaceAll('.', '-')
  const model = models.find(({ id }) => spelling(id) === spelling(modelId))
  return encodeCall(modelId, options, model?.supports.structured_outputs ?? true)
}

async function generate(
  client: JetwayClient,
  modelId: string,
  options: LanguageModelV3CallOptions,
): Promise<LanguageModelV3GenerateResult> {
  const { request, warnings, jsonTool } = await prepare(client, modelId, options)
  const answer = await client.completion(request)
  const [choice] = answer.choices
  if (!choice) throw new BadGatewayError('the answer holds no choice')
  const content = decodeContent(choice, jsonTool)
  const onlyObject = !content.some(({ type }) => type === 'tool-call')
  return {
    content,
    finishReason: decodeFinish(choice.finish_reason, onlyObject),
    usage: decodeUsage(answer.usage),
    warnings: [...warnings, ...lossWarnings(answer._response, request)],
    response: {
      id: answer.id,
      modelId: answer.model,
      timestamp: new Date(answer.created * 1000),
      headers: { ...answer._response.headers },
      body: answer,
    },
  }
}

async function stream(
  client: JetwayClient,
  modelId: string,
  options: LanguageModelV3CallOptions,
): Promise<LanguageModelV3StreamResult> {
  const { request, warnings, jsonTool } = await prepare(client, modelId, options)
  const answer = await client.completion({
    ...request,
    stream: true,
    stream_options: { include_usage: true },
  })
  return {
    stream: partsOf(
      answer,
      [...warnings, ...lossWarnings(answer._response, request)],
      createStreamPartDecoder(options.includeRawChunks === true, jsonTool),
    ),
    response: { headers: { ...answer._response.headers } },
  }
}

/** A failure inside the stream is a part of it, as the AI SDK wants it; leaving the stream ends the request upstream. */
function partsOf(
  answer: AnswerStream<ChatCompletionChunk, ChatCompletion>,
  warnings: SharedV3Warning[],
  decoder: StreamPartDecoder,
): ReadableStream<LanguageModelV3StreamPart> {
  let over = false
  const nextParts = async (): Promise<LanguageModelV3StreamPart[] | undefined> => {
    if (over) return undefined
    try {
      const { value, done } = await answer.next()
      if (!done) return decoder.push(value)
      over = true
      return decoder.end()
    } catch (error) {
      over = true
      return [{ type: 'error', error }, ...decoder.end()]
    }
  }
  return new ReadableStream<LanguageModelV3StreamPart>({
    start(controller) {
      for (const part of decoder.start(warnings)) controller.enqueue(part)
    },
    async pull(controller) {
      for (;;) {
        const parts = await nextParts()
        for (const part of parts ?? []) controller.enqueue(part)
        if (!parts) {
          controller.close()
          return
        }
        if (parts.length > 0) return
      }
    },
    cancel() {
      answer.abort()
    },
  })
}
