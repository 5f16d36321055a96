import type { Tool } from '../../core/conversation.ts'
import { isJsonObject, type JsonObject, tryParseJson } from '../../core/json.ts'

/**
 * The tool `{type: "local_shell"}`: the client runs commands, and its form is known to the model without a schema. Other
 * models, Copilot's included, get it as a function of this name; their calls become `local_shell_call` items again.
 */
export const LOCAL_SHELL = 'local_shell'

export const LOCAL_SHELL_TOOL: Tool = {
  kind: 'function',
  name: LOCAL_SHELL,
  description: 'Runs a command on the user’s machine and returns what it printed.',
  parameters: {
    type: 'object',
    properties: {
      command: {
        type: 'array',
        items: { type: 'string' },
        description: 'The program and its arguments.',
      },
      working_directory: { type: 'string' },
      timeout_ms: { type: 'integer' },
      env: { type: 'object', additionalProperties: { type: 'string' } },
    },
    required: ['command'],
  },
}

/** `action` of a `local_shell_call`, from the arguments of the function. */
export function shellAction(argumentsText: string): JsonObject {
  const input = tryParseJson(argumentsText)
  const fields = isJsonObject(input) ? input : {}
  const { command } = fields
  return {
    type: 'exec',
    env: {},
    ...fields,
    command: Array.isArray(command) ? command : typeof command === 'string' ? [command] : [],
  }
}
