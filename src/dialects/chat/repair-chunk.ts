import { asNumber, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { createToolNumbering } from './number-tools.ts'
import type { ToolNumbering } from './number-tools.ts'

/** What a stream has shown so far, by choice. */
export interface ChunkRepair {
  /** Mends the choices in place; true when something changed. */
  repair(chunk: JsonObject): boolean
  /** The first choice has its role. */
  readonly roleSeen: boolean
  /** Some tool call stands at another place than it claims. */
  readonly renumbered: boolean
  readonly started: boolean
  /** Every choice that began has its finish reason. */
  readonly finished: boolean
  /** `finish_reason: "error"`: the answer broke off. */
  readonly broken: boolean
  /** Choices that began and have no finish reason yet, each with the reason that fits what it holds. */
  unfinished(): readonly { readonly index: number; readonly reason: string }[]
}

interface SeenChoice {
  roleSeen: boolean
  finished: boolean
  readonly tools: ToolNumbering
}

/** The quirks of single chunks: junk members, a role in every delta, parallel tool calls that all claim index 0. */
export function createChunkRepair(): ChunkRepair {
  const choices = new Map<number, SeenChoice>()
  let renumbered = false
  let broken = false

  const seen = (index: number): SeenChoice => {
    const known = choices.get(index)
    if (known !== undefined) return known
    const choice = { roleSeen: false, finished: false, tools: createToolNumbering() }
    choices.set(index, choice)
    return choice
  }

  const repairChoice = (choice: JsonObject, at: number): boolean => {
    let changed = false
    let index = asNumber(choice['index'])
    if (index === undefined) {
      index = at
      choice['index'] = at
      changed = true
    }
    const state = seen(index)
    const reason = asString(choice['finish_reason'])
    if (reason) state.finished = true
    if (reason === 'error') broken = true
    const delta = asObject(choice['delta'])
    if (delta === undefined) {
      choice['delta'] = {}
      return true
    }
    if ('padding' in delta) {
      delete delta['padding']
      changed = true
    }
    if (typeof delta['role'] === 'string') {
      if (state.roleSeen) {
        delete delta['role']
        changed = true
      }
      state.roleSeen = true
    }
    const calls = delta['tool_calls']
    if (Array.isArray(calls)) {
      for (const call of calls) if (repairToolCall(call, state.tools)) changed = true
      if (state.tools.renumbered) renumbered = true
    }
    return changed
  }

  return {
    repair(chunk) {
      let changed = false
      if ('padding' in chunk) {
        delete chunk['padding']
        changed = true
      }
      const list = chunk['choices']
      if (Array.isArray(list)) {
        for (const [at, choice] of list.entries())
          if (isJsonObject(choice) && repairChoice(choice, at)) changed = true
      }
      return changed
    },
    get roleSeen() {
      return choices.get(0)?.roleSeen ?? false
    },
    get renumbered() {
      return renumbered
    },
    get started() {
      return choices.size > 0
    },
    get finished() {
      if (choices.size === 0) return false
      for (const choice of choices.values()) if (!choice.finished) return false
      return true
    },
    get broken() {
      return broken
    },
    unfinished() {
      return [...choices]
        .filter(([, choice]) => !choice.finished)
        .map(([index, choice]) => ({
          index,
          reason: choice.tools.count > 0 ? 'tool_calls' : 'stop',
        }))
    },
  }
}

function repairToolCall(call: JsonValue, tools: ToolNumbering): boolean {
  if (!isJsonObject(call)) return false
  const place = tools.place(call)
  if (call['index'] === place) return false
  call['index'] = place
  return true
}
