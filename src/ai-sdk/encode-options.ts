import type {
  JSONSchema7,
  LanguageModelV3CallOptions,
  LanguageModelV3ToolChoice,
  SharedV3Warning,
} from '@ai-sdk/provider'
import type {
  ChatResponseFormat,
  ChatTool,
  ChatToolChoice,
  CompletionOptions,
} from '../sdk/types/chat.ts'
import { encodePrompt, NAMESPACE } from './encode-prompt.ts'

export interface EncodedCall {
  readonly request: Omit<CompletionOptions, 'stream' | 'stream_options'>
  /** The object was asked for as this tool's input: its call is the answer's text. */
  readonly jsonTool: string | undefined
  readonly warnings: SharedV3Warning[]
}

/** This provider's own options under `providerOptions.jetway`; any other one goes into the request's body as it is. */
interface OwnOptions {
  readonly reasoningEffort?: string
  readonly parallelToolCalls?: boolean
  readonly verbosity?: string
  readonly user?: string
  /** Hold the model to the schema exactly. @default true */
  readonly strictJsonSchema?: boolean
  readonly [name: string]: unknown
}

/** A model that cannot be held to a schema can still be made to call a tool whose input has it. */
const JSON_TOOL = 'json'

/** The AI SDK's call as one of `completion`. */
export function encodeCall(
  model: string,
  options: LanguageModelV3CallOptions,
  structuredOutputs = true,
): EncodedCall {
  const warnings: SharedV3Warning[] = []
  const own: OwnOptions = options.providerOptions?.[NAMESPACE] ?? {}
  const { reasoningEffort, parallelToolCalls, verbosity, user, strictJsonSchema, ...rest } = own
  const { responseFormat } = options
  const schema = responseFormat?.type === 'json' ? responseFormat.schema : undefined
  const jsonTool = schema && !structuredOutputs ? JSON_TOOL : undefined
  const tools = encodeTools(options.tools, warnings)
  const ownTools = tools.length > 0
  if (schema && jsonTool) {
    const description = 'Answer with this: its input is the answer.'
    tools.push({
      type: 'function',
      function: { name: jsonTool, description, parameters: withoutDraft(schema) },
    })
  }
  const request: EncodedCall['request'] = {
    model,
    messages: encodePrompt(options.prompt),
    max_tokens: options.maxOutputTokens,
    temperature: options.temperature,
    top_p: options.topP,
    stop: options.stopSequences,
    presence_penalty: options.presencePenalty,
    frequency_penalty: options.frequencyPenalty,
    seed: options.seed,
    response_format: jsonTool ? undefined : encodeFormat(responseFormat, strictJsonSchema ?? true),
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: jsonTool
      ? choiceOfJson(jsonTool, ownTools)
      : encodeChoice(options.toolChoice, ownTools),
    reasoning_effort: reasoningEffort ?? effortOf(options),
    parallel_tool_calls: parallelToolCalls,
    verbosity,
    user,
    extra_headers: presentHeaders(options.headers),
    extra_body: options.topK === undefined ? rest : { top_k: options.topK, ...rest },
    signal: options.abortSignal,
    // What an AI SDK call leaves out is the model's own business: a limit of ours would cut long answers.
    use_defaults: false,
  }
  return { request, warnings, jsonTool }
}

/** The AI SDK's own setting since its version 7, whose calls of a provider of this specification hold it, too. */
function effortOf(options: LanguageModelV3CallOptions): string | undefined {
  const { reasoning } = options as { readonly reasoning?: unknown }
  return typeof reasoning === 'string' && reasoning !== 'provider-default' ? reasoning : undefined
}

function encodeTools(
  tools: LanguageModelV3CallOptions['tools'],
  warnings: SharedV3Warning[],
): ChatTool[] {
  return (tools ?? []).flatMap((tool): ChatTool[] => {
    if (tool.type === 'provider') {
      warnings.push({ type: 'unsupported', feature: `provider-defined tool ${tool.id}` })
      return []
    }
    const { name, description, strict } = tool
    const parameters = withoutDraft(tool.inputSchema)
    return [{ type: 'function', function: { name, description, parameters, strict } }]
  })
}

/** The AI SDK names the draft in every schema it makes; some wires refuse it, and its removal there would be a warning. */
function withoutDraft({ $schema: _, ...schema }: JSONSchema7): Record<string, unknown> {
  return schema
}

/** With other tools beside it, the model may use those first. */
function choiceOfJson(name: string, ownTools: boolean): ChatToolChoice {
  return ownTools ? 'required' : { type: 'function', function: { name } }
}

function encodeChoice(
  choice: LanguageModelV3ToolChoice | undefined,
  hasTools: boolean,
): ChatToolChoice | undefined {
  if (!choice || !hasTools) return undefined
  return choice.type === 'tool'
    ? { type: 'function', function: { name: choice.toolName } }
    : choice.type
}

function encodeFormat(
  format: LanguageModelV3CallOptions['responseFormat'],
  strict: boolean,
): ChatResponseFormat | undefined {
  if (format?.type !== 'json') return undefined
  if (!format.schema) return { type: 'json_object' }
  return {
    type: 'json_schema',
    json_schema: {
      name: format.name ?? 'response',
      description: format.description,
      schema: { ...format.schema },
      strict,
    },
  }
}

/** The AI SDK adds a `user-agent` of its own, which would hide the editor that Copilot expects. */
export function presentHeaders(
  headers: Readonly<Record<string, string | undefined>> | undefined,
): Record<string, string> {
  const present: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === undefined) continue
    if (name.toLowerCase() === 'user-agent' && value.includes('ai/')) continue
    present[name] = value
  }
  return present
}
