import { asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonValue } from '../../core/json.ts'
import type { Draft } from '../../core/upstream.ts'
import type { Changes } from './changes.ts'
import { isAnthropic, isOpenAI, isOpenAIReasoner } from './model-rules.ts'
import { fitReasoningEffort, fitSampling, rename } from './parameters.ts'
import { mapSame, repairSchema, withMember } from './tool-schemas.ts'

/** What Copilot's chat endpoint would refuse of an OpenAI body, put right. */
export function fitChat(draft: Draft, changes: Changes): void {
  const { body, model } = draft
  if (isOpenAIReasoner(model)) {
    const reason = `${model.id} is a reasoning model of OpenAI's, where the limit counts its thinking`
    rename(changes, 'max_tokens', 'max_completion_tokens', reason)
  } else if (!isOpenAI(model)) {
    const reason = `max_completion_tokens is OpenAI's own word; ${model.id} is ${model.vendor}'s`
    rename(changes, 'max_completion_tokens', 'max_tokens', reason)
  }
  fitSampling(draft, changes)
  fitReasoningEffort(draft, changes, 'reasoning_effort')
  if (
    isAnthropic(model) &&
    asString(asObject(body['response_format'])?.['type']) === 'json_schema'
  ) {
    // Sent all the same; Copilot ignores it for Claude on this wire without a word.
    changes.lose('response_format')
  }
  fitChatTools(draft, changes)
}

function fitChatTools({ body }: Draft, changes: Changes): void {
  const { tools } = body
  if (!Array.isArray(tools)) return
  if (tools.length === 0) {
    dropEmptyTools(changes)
    return
  }
  const repaired = mapSame(tools, repairTool)
  if (repaired !== tools) changes.set('tools', repaired, 'repaired', PATTERN)
}

export const PATTERN = 'a pattern that is no plain regular expression fails the whole request'

export function dropEmptyTools(changes: Changes): void {
  for (const name of ['tools', 'tool_choice', 'parallel_tool_calls']) {
    if (changes.get(name) !== undefined) changes.remove(name, 'an empty list of tools is refused')
  }
}

function repairTool(tool: JsonValue): JsonValue {
  const details = asObject(asObject(tool)?.['function'])
  const schema = details?.['parameters']
  if (!isJsonObject(tool) || !details || !isJsonObject(schema)) return tool
  return withMember(
    tool,
    'function',
    withMember(details, 'parameters', repairSchema(schema, false)),
  )
}
