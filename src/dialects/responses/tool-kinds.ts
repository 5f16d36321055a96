import type { Conversation, Tool } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { offersLocalShell } from '../healing/other-tools.ts'
import { qualifiedName } from '../healing/qualified-name.ts'
import { LOCAL_SHELL } from './local-shell.ts'

/** How a call of this name goes to the client. */
export interface ToolForm {
  readonly type: 'function_call' | 'custom_tool_call' | 'local_shell_call'
  readonly name: string
  readonly namespace?: string | undefined
}

export interface NamedCall {
  readonly name: string
  readonly namespace?: string | undefined
}

/**
 * Other wires carry custom tools as functions and namespaces in names; the request says which of its tools a call means.
 */
export function createToolForms(
  conversation: Conversation | undefined,
  request: JsonObject,
): (call: NamedCall, kind: 'json' | 'text') => ToolForm {
  const tools = new Map<string, Tool>()
  for (const tool of conversation?.tools ?? []) tools.set(qualifiedName(tool), tool)
  const shell = offersLocalShell(request)
  return (call, kind) => {
    const tool = tools.get(qualifiedName(call))
    if (shell && call.name === LOCAL_SHELL) return { type: 'local_shell_call', name: call.name }
    const custom = kind === 'text' || tool?.kind === 'custom'
    const known = tool && tool.kind !== 'server' ? tool : call
    return {
      type: custom ? 'custom_tool_call' : 'function_call',
      name: known.name,
      ...(known.namespace === undefined ? {} : { namespace: known.namespace }),
    }
  }
}
