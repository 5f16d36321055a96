import type { ChunkIdentity } from './chunk-identity.ts'

/**
 * What makes an event worth parsing. Inside a JSON string every quote is escaped, so a member's name with its quotes can only
 * be a member; a false alarm costs a parse and changes nothing.
 */
const WORTH_PARSING =
  /"(?:padding|reasoning_opaque|error|copilot_\w+|prompt_filter_results)"|"usage":\s*\{|"finish_reason":\s*"|"choices":\s*(?:null|\[\s*\])/

const OBJECT = '"object":"chat.completion.chunk"'
const ROLE = /"role":"assistant",|,"role":"assistant"|"role":"assistant"(?=\})/
const OTHER_CHOICE = /"index":\s*[1-9]/

export interface ChunkSplicer {
  /**
   * `text`: the event as Latin-1, one character a byte. Gives the same string when nothing is wrong with it, another when
   * the repair is a matter of inserting and replacing members, `undefined` when it must be parsed.
   */
  splice(text: string, roleSeen: boolean, toolsRenumbered: boolean): string | undefined
}

/**
 * Decides by a few native searches whether an event of a chat stream needs repair, once the stream's identity is known.
 * About half of Copilot's chunks lack `object`, and Claude's repeat the role: parsing and printing each again would cost
 * several times what these insertions do.
 */
export function createChunkSplicer(
  identity: ChunkIdentity,
  upstreamModel: string | undefined,
): ChunkSplicer {
  const id = latin1(`"id":${JSON.stringify(identity.id)}`)
  const created = `"created":${identity.created}`
  const model = latin1(`"model":${JSON.stringify(identity.model)}`)
  const foreignModel =
    upstreamModel === undefined || upstreamModel === identity.model
      ? undefined
      : latin1(`"model":${JSON.stringify(upstreamModel)}`)

  return {
    splice(text, roleSeen, toolsRenumbered) {
      if (!text.startsWith('data: {') || !/\}\r?\n\r?\n$/.test(text.slice(-5))) return undefined
      if (WORTH_PARSING.test(text)) return undefined
      const at = text.indexOf(id)
      if (at === -1) return undefined
      if (text.includes('"tool_calls":')) {
        // A second id is a new call's: its place must be found.
        if (toolsRenumbered || text.indexOf('"id":') !== text.lastIndexOf('"id":')) return undefined
      }

      let spliced = text
      if (!text.includes(model)) {
        if (foreignModel === undefined) return undefined
        const from = text.indexOf(foreignModel)
        if (from === -1 || from !== text.lastIndexOf(foreignModel)) return undefined
        spliced = spliced.slice(0, from) + model + spliced.slice(from + foreignModel.length)
      }
      let inserted = ''
      if (!text.includes(OBJECT)) {
        if (text.includes('"object":""')) spliced = spliced.replace('"object":""', OBJECT)
        else if (text.includes('"object":')) return undefined
        else inserted = `${OBJECT},`
      }
      if (!hasMember(text, created)) {
        if (text.includes('"created":')) return undefined
        inserted += `${created},`
      }
      if (inserted !== '') spliced = `data: {${inserted}${spliced.slice('data: {'.length)}`
      if (roleSeen && spliced.includes('"role":')) {
        const without = OTHER_CHOICE.test(text) ? spliced : spliced.replace(ROLE, '')
        if (without === spliced) return undefined
        spliced = without
      }
      return spliced
    },
  }
}

/** `"created":179` must not be found in `"created":1790`. */
function hasMember(text: string, member: string): boolean {
  const at = text.indexOf(member)
  if (at === -1) return false
  const next = text[at + member.length]
  return next === ',' || next === '}'
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}
