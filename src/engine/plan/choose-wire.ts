import type { Dialect } from '../../core/dialect.ts'
import { BadRequestError } from '../../core/errors.ts'
import type { Model, WireName } from '../../core/model.ts'
import { never } from '../../core/parts.ts'
import { ignoresSchema } from '../../dialects/fidelity/index.ts'

export interface WireChoice {
  readonly wire: WireName
  readonly reason: string
}

export interface WireQuestion {
  readonly dialect: Dialect
  readonly model: Model
  /** Wires that the model turned out not to speak, whatever its catalogue says. */
  readonly refused: ReadonlySet<WireName>
  /** More than one answer is asked for, which only chat can say. */
  readonly candidates: boolean
  /** The answer must follow a JSON Schema. */
  readonly schema: boolean
}

/**
 * The client's own wire where the model speaks it: nothing is lost on it. Else the one that carries most of what the
 * client's dialect can say.
 */
export function chooseWire(question: WireQuestion): WireChoice {
  const { dialect, model, refused } = question
  if (dialect.operation === 'embed') return embeddings(model)
  const spoken = model.wires.filter((wire) => wire !== 'embeddings' && !refused.has(wire))
  const listed = ableToFollow(question, spoken)
  if (model.kind === 'embeddings' || (model.wires.length > 0 && model.wires.every(isEmbeddings))) {
    throw new BadRequestError(`${model.id} makes embeddings; it does not answer prompts`, {
      param: 'model',
      code: 'model_not_supported',
    })
  }
  if (dialect.wire !== undefined && listed.includes(dialect.wire)) {
    return { wire: dialect.wire, reason: `the client's own wire, which ${model.id} lists` }
  }
  if (question.candidates && listed.includes('chat')) {
    return { wire: 'chat', reason: 'more than one answer is asked for, which only chat can carry' }
  }
  const order = preference(dialect, model)
  const best = order.find((wire) => listed.includes(wire))
  if (best === undefined) return learned(order, model, refused)
  const why = listed === spoken ? '' : '; it takes no notice of a schema on the others'
  return { wire: best, reason: `${model.id} lists ${listed.join(', ')}${why}` }
}

/** Without the wires on which the model would take no notice of a schema, unless there are no others. */
function ableToFollow(
  { schema, candidates, model }: WireQuestion,
  wires: readonly WireName[],
): readonly WireName[] {
  if (!schema || candidates) return wires
  const able = wires.filter((wire) => !ignoresSchema(wire, model))
  return able.length === 0 || able.length === wires.length ? wires : able
}

/**
 * A model that reasons keeps its sealed thoughts between turns on `messages` and `responses`; on `chat` most lose them,
 * and documents with them. One that does not reason loses nothing on `chat`, which alone takes `stop`, `seed` and
 * penalties. Legacy completions and chat are one family.
 */
function preference(dialect: Dialect, model: Model): readonly WireName[] {
  const { name } = dialect
  switch (name) {
    case 'chat':
    case 'completions':
      return ['chat', 'responses', 'messages']
    case 'responses':
      return reasons(model) ? ['responses', 'messages', 'chat'] : ['responses', 'chat', 'messages']
    case 'messages':
    case 'gemini':
    case 'ollama':
      return reasons(model) ? ['messages', 'responses', 'chat'] : ['messages', 'chat', 'responses']
    case 'embeddings':
      return ['embeddings']
    default:
      return never(name)
  }
}

export function reasons({ supports }: Model): boolean {
  return (
    supports.reasoningEfforts.length > 0 ||
    supports.adaptiveThinking ||
    supports.maxThinkingBudget !== undefined
  )
}

/** Every listed wire was refused: what is left may work, and one attempt tells. */
function learned(
  order: readonly WireName[],
  model: Model,
  refused: ReadonlySet<WireName>,
): WireChoice {
  const next = order.find((wire) => !refused.has(wire))
  if (next === undefined) {
    throw new BadRequestError(`${model.id} refused every wire: ${[...refused].join(', ')}`, {
      param: 'model',
      code: 'unsupported_api_for_model',
    })
  }
  const why = model.wires.length === 0 ? 'lists no wire' : `refused ${[...refused].join(', ')}`
  return { wire: next, reason: `${model.id} ${why}; ${next} is next in order` }
}

function embeddings(model: Model): WireChoice {
  if (model.wires.some(isEmbeddings) || model.kind === 'embeddings') {
    return { wire: 'embeddings', reason: 'the only wire that embeds' }
  }
  throw new BadRequestError(`${model.id} does not make embeddings`, {
    param: 'model',
    code: 'model_not_supported',
  })
}

function isEmbeddings(wire: WireName): boolean {
  return wire === 'embeddings'
}
