import type { Content, Conversation, Tool, ToolChoice, Turn } from '../../core/conversation.ts'
import type { GenerateWire } from '../fidelity/table.ts'
import { qualifiedName } from './qualified-name.ts'
import type { Restorer } from './restorer.ts'
import type { Step } from './tool-pairs.ts'

const LONGEST_NAME: Readonly<Record<GenerateWire, number>> = {
  chat: 64,
  responses: 64,
  messages: 128,
}
/** Both OpenAI wires refuse more. */
const MOST_TOOLS = 128

interface OwnName {
  readonly name: string
  readonly namespace?: string | undefined
}

export interface NamesStep extends Step {
  readonly restore?: Restorer
}

/**
 * Names that a wire refuses get one that it takes, the same in every request; the answer's calls get their own back. Of tools
 * with one name the first stays.
 */
export function healToolNames(
  conversation: Conversation,
  wire: GenerateWire,
  onlyFunctions = false,
): NamesStep {
  const changed = new Set<string>()
  const seen = new Set<string>()
  let tools = conversation.tools.filter((tool) => {
    const name = tool.kind === 'server' ? tool.name : qualifiedName(tool)
    if (!seen.has(name)) return Boolean(seen.add(name))
    changed.add('duplicate_tools')
    return false
  })
  if (tools.length > MOST_TOOLS && wire !== 'messages') {
    tools = tools.slice(0, MOST_TOOLS)
    changed.add('too_many_tools')
  }
  const mapped = new Map<string, string>()
  const own = new Map<string, OwnName>()
  const rename = <T extends OwnName>(named: T): T => {
    const whole = qualifiedName(named)
    const name = mapped.get(whole)
    if (name === undefined) return named
    const { namespace: _, ...rest } = named
    return { ...(rest as T), name }
  }
  for (const used of namesIn(conversation.turns, tools)) {
    // The responses wire has namespaces, so there the bare name counts; a model that knows none gets both in one.
    const whole = qualifiedName(used)
    const sent = wire === 'responses' && !onlyFunctions ? used.name : whole
    const joined = wire === 'responses' && onlyFunctions && used.namespace !== undefined
    if ((isFit(sent, wire) && !joined) || mapped.has(whole)) continue
    const name = isFit(whole, wire) ? whole : fitName(whole, wire)
    mapped.set(whole, name)
    own.set(name, used)
  }
  if (mapped.size === 0) {
    if (changed.size === 0) return { conversation, changed: [] }
    return { conversation: { ...conversation, tools }, changed: [...changed] }
  }
  const { toolChoice } = conversation
  return {
    conversation: {
      ...conversation,
      tools: tools.map((tool): Tool => (tool.kind === 'server' ? tool : rename(tool))),
      turns: conversation.turns.map((turn) => renameTurn(turn, rename)),
      ...(toolChoice ? { toolChoice: renameChoice(toolChoice, tools, rename) } : {}),
    },
    changed: [...changed, 'tool_names'],
    restore: createRestorer(own),
  }
}

function isFit(name: string, wire: GenerateWire): boolean {
  return name.length <= LONGEST_NAME[wire] && /^[\w-]+$/.test(name)
}

/** A hash of the whole keeps names apart that differ only where they are cut or cleaned. */
function fitName(name: string, wire: GenerateWire): string {
  const hash = hashOf(name).toString(36).padStart(7, '0')
  const stem = name.replace(/[^\w-]/g, '_').slice(0, LONGEST_NAME[wire] - hash.length - 1)
  return `${stem}_${hash}`
}

/** FNV-1a: spreads names, protects nothing. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0
  }
  return hash
}

function* namesIn(turns: readonly Turn[], tools: readonly Tool[]): Generator<OwnName> {
  for (const tool of tools) if (tool.kind !== 'server') yield tool
  for (const turn of turns) {
    if (turn.role !== 'assistant') continue
    for (const content of turn.content) if (content.type === 'tool-call') yield content
  }
}

function renameTurn(turn: Turn, rename: <T extends OwnName>(named: T) => T): Turn {
  if (turn.role === 'tool') {
    return {
      role: 'tool',
      content: turn.content.map((result) => {
        const { name, namespace } = result
        if (name === undefined) return result
        const renamed = rename({ name, namespace })
        return renamed.name === name ? result : { ...result, ...renamed }
      }),
    }
  }
  if (turn.role !== 'assistant') return turn
  const content = turn.content.map((piece): Content =>
    piece.type === 'tool-call' ? rename(piece) : piece,
  )
  return { role: 'assistant', content }
}

function renameChoice(
  choice: ToolChoice,
  tools: readonly Tool[],
  rename: <T extends OwnName>(named: T) => T,
): ToolChoice {
  if (choice.kind === 'tool') return rename(choice)
  if (choice.kind !== 'allowed') return choice
  const nameOf = (name: string): string => {
    const tool = tools.find((candidate) => candidate.name === name)
    return tool && tool.kind !== 'server' ? rename(tool).name : name
  }
  return { ...choice, names: choice.names.map(nameOf) }
}

function createRestorer(own: ReadonlyMap<string, OwnName>): Restorer {
  const restored = <T extends { readonly name: string }>(named: T): T => {
    const known = own.get(named.name)
    if (!known) return named
    const { name, namespace } = known
    return { ...named, name, ...(namespace === undefined ? {} : { namespace }) }
  }
  return {
    part: (part) => [part.type === 'tool-start' ? restored(part) : part],
    answer: (answer) => ({
      ...answer,
      content: answer.content.map((piece) =>
        piece.type === 'tool-call' ? restored(piece) : piece,
      ),
    }),
  }
}
