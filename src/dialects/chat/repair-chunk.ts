import { asNumber, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { ToolNumbering } from './number-tools.ts'

/** What a stream has shown of one choice. */
interface SeenChoice {
  roleSeen: boolean
  finished: boolean
  /** Made by the first tool call: most answers have none. */
  tools: ToolNumbering | undefined
}

/** The quirks of single chunks: junk members, a role in every delta, parallel tool calls that all claim index 0. */
export class ChunkRepair {
  readonly #choices = new Map<number, SeenChoice>()
  #renumbered = false
  #broken = false

  /** The first choice has its role. */
  get roleSeen(): boolean {
    return this.#choices.get(0)?.roleSeen ?? false
  }

  /** Some tool call stands at another place than it claims. */
  get renumbered(): boolean {
    return this.#renumbered
  }

  get started(): boolean {
    return this.#choices.size > 0
  }

  /** Every choice that began has its finish reason. */
  get finished(): boolean {
    if (this.#choices.size === 0) return false
    for (const choice of this.#choices.values()) if (!choice.finished) return false
    return true
  }

  /** `finish_reason: "error"`: the answer broke off. */
  get broken(): boolean {
    return this.#broken
  }

  /** Choices that began and have no finish reason yet, each with the reason that fits what it holds. */
  unfinished(): readonly { readonly index: number; readonly reason: string }[] {
    return [...this.#choices]
      .filter(([, choice]) => !choice.finished)
      .map(([index, { tools }]) => ({ index, reason: tools === undefined ? 'stop' : 'tool_calls' }))
  }

  /** Mends the choices in place; true when something changed. */
  repair(chunk: JsonObject): boolean {
    let changed = false
    if ('padding' in chunk) {
      delete chunk['padding']
      changed = true
    }
    const list = chunk['choices']
    if (Array.isArray(list)) {
      for (const [at, choice] of list.entries())
        if (isJsonObject(choice) && this.#repairChoice(choice, at)) changed = true
    }
    return changed
  }

  #repairChoice(choice: JsonObject, at: number): boolean {
    let changed = false
    let index = asNumber(choice['index'])
    if (index === undefined) {
      index = at
      choice['index'] = at
      changed = true
    }
    const seen = this.#seen(index)
    const reason = asString(choice['finish_reason'])
    if (reason) seen.finished = true
    if (reason === 'error') this.#broken = true
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
      if (seen.roleSeen) {
        delete delta['role']
        changed = true
      }
      seen.roleSeen = true
    }
    const calls = delta['tool_calls']
    if (Array.isArray(calls) && this.#repairToolCalls(calls, seen)) changed = true
    return changed
  }

  #repairToolCalls(calls: readonly JsonValue[], seen: SeenChoice): boolean {
    let changed = false
    for (const call of calls) {
      if (!isJsonObject(call)) continue
      seen.tools ??= new ToolNumbering()
      const place = seen.tools.place(call)
      if (call['index'] === place) continue
      call['index'] = place
      changed = true
    }
    if (seen.tools?.renumbered) this.#renumbered = true
    return changed
  }

  #seen(index: number): SeenChoice {
    const known = this.#choices.get(index)
    if (known !== undefined) return known
    const choice: SeenChoice = { roleSeen: false, finished: false, tools: undefined }
    this.#choices.set(index, choice)
    return choice
  }
}
