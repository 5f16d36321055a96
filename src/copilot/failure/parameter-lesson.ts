import type { Mend } from '../../core/upstream.ts'
import { TOOLS_OF_TYPE } from '../request/refused-tools.ts'

/** Leaving one of these out changes how an answer is made, not what was asked. */
const MAY_BE_DROPPED: ReadonlySet<string> = new Set([
  'context_management',
  'frequency_penalty',
  'inference_geo',
  'logit_bias',
  'logprobs',
  'metadata',
  'parallel_tool_calls',
  'prediction',
  'presence_penalty',
  'prompt_cache_key',
  'prompt_cache_retention',
  'reasoning_effort',
  'safety_identifier',
  'seed',
  'service_tier',
  'speed',
  'stream_options',
  'temperature',
  'thinking_budget',
  'top_k',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
  'verbosity',
])

const RENAMED =
  /'?(max_tokens|max_completion_tokens)'?[\s\S]*?\buse\b\s*'?(max_tokens|max_completion_tokens)'?/i

/** How vendors say that they do not take a field. */
const REFUSED: readonly RegExp[] = [
  /(?:unsupported|unknown|unrecognized) (?:parameter|value|request argument supplied|field)s?: ['"`]?([a-z_]+)['"`]?/i,
  /['"`]([a-z_]+)['"`] (?:is not supported|does not support|is not permitted|is deprecated)/i,
  /^([a-z_]+): extra inputs are not permitted/im,
  /['"`]?([a-z_]+)['"`]? and ['"`]?[a-z_]+['"`]? cannot both be specified/i,
  /does not support (?:the )?(?:parameter )?['"`]?(temperature|top_p|seed|verbosity)['"`]?/i,
]

/** Tools that a server runs differ from model to model and from account to account, and no catalogue says which has which. */
const REFUSED_TOOL: readonly RegExp[] = [
  /requested tool ['"`]?([a-z][a-z0-9_]*)['"`]? is not supported/i,
  /use of the ([a-z][a-z ]*?) tool is not supported/i,
  /rejected tool\(s\): ([a-z][a-z0-9_]*)/i,
]

/** What a refusal teaches about one parameter, if anything. */
export function readParameterLesson(
  code: string | undefined,
  param: string | undefined,
  message: string,
  model: string,
): Mend | undefined {
  if (code === 'invalid_reasoning_effort' || /does not support reasoning effort/i.test(message)) {
    return { kind: 'drop-parameter', name: 'reasoning_effort', model }
  }
  const tool = REFUSED_TOOL.map((said) => said.exec(message)?.[1]).find((found) => found)
  if (tool !== undefined) {
    const type = tool.toLowerCase().replaceAll(' ', '_')
    return { kind: 'drop-parameter', name: `${TOOLS_OF_TYPE}${type}`, model }
  }
  const renamed = RENAMED.exec(message)
  const [, from, to] = renamed ?? []
  if (from && to && from !== to) return { kind: 'rename-parameter', from, to, model }
  const name = REFUSED.map((pattern) => pattern.exec(message)?.[1]).find((found) => found) ?? param
  if (name === 'max_tokens' && REFUSED.some((pattern) => pattern.test(message))) {
    return { kind: 'rename-parameter', from: name, to: 'max_completion_tokens', model }
  }
  const refusal = code === 'unsupported_parameter' || code === 'unsupported_value'
  const said = refusal || REFUSED.some((pattern) => pattern.test(message))
  if (!said || name === undefined || !MAY_BE_DROPPED.has(name)) return undefined
  return { kind: 'drop-parameter', name, model }
}
