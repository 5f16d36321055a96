import type { Sealed, ToolCall } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { asArray, asObject } from '../../core/json.ts'
import { wrapSealed } from '../../core/sealed.ts'
import { customInput } from '../healing/custom-tools.ts'
import { shellAction } from './local-shell.ts'
import type { ToolForm } from './tool-kinds.ts'

export function messageItem(id: string, status: string, parts: readonly JsonObject[]): JsonObject {
  return { id, type: 'message', status, role: 'assistant', content: [...parts] }
}

export function textPart(
  text: string,
  annotations: readonly JsonValue[] = [],
  logprobs?: JsonValue,
): JsonObject {
  return {
    type: 'output_text',
    text,
    // Other wires' citations have other shapes; a strict client would choke on them.
    annotations: annotations.filter((value) => asObject(value)?.['type'] !== undefined),
    logprobs: logprobsList(logprobs),
  }
}

/** The hub has them as the chat wire does. */
export function logprobsList(logprobs: JsonValue | undefined): JsonValue[] {
  return [...asArray(asObject(logprobs)?.['content'])]
}

export function reasoningItem(
  id: string,
  text: string,
  sealed: Sealed | undefined,
  wantsSeal: boolean,
): JsonObject {
  return {
    id,
    type: 'reasoning',
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    ...(sealed && wantsSeal ? { encrypted_content: sealText(sealed) } : {}),
  }
}

/** A seal of this wire goes as it is; one of another is wrapped, so that it returns to where it came from. */
function sealText(sealed: Sealed): string {
  return sealed.origin === 'responses' ? sealed.data : wrapSealed(sealed)
}

export function callItem(
  id: string,
  form: ToolForm,
  callId: string,
  input: ToolCall['input'],
  status: string,
): JsonObject {
  const base = { id, type: form.type, status, call_id: callId }
  const named = {
    name: form.name,
    ...(form.namespace === undefined ? {} : { namespace: form.namespace }),
  }
  switch (form.type) {
    case 'local_shell_call':
      return { ...base, action: shellAction(input.text) }
    case 'custom_tool_call':
      return { ...base, ...named, input: customInput(input) }
    default:
      return {
        ...base,
        ...named,
        arguments: input.text === '' && status === 'completed' ? '{}' : input.text,
      }
  }
}
