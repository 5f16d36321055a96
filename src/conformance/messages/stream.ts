import { asNumber, asObject, asString, isJsonObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { need, NotApplicable } from '../check.ts'
import type { Check } from '../check.ts'
import { dataOf, eventsOf } from '../event-stream.ts'
import { LONG_PROMPT, STOP, STOP_PROMPT, WEATHER, WEATHER_PROMPT } from '../samples.ts'
import type { Server } from '../server.ts'
import { count, filled, list, needShape, nothing, object, word, seen } from '../shape.ts'
import { post, STOP_REASONS, STREAMING, THINKING, user } from './ask.ts'
import { TOOL } from './tools.ts'

interface Block {
  readonly start: JsonObject
  readonly deltas: readonly JsonObject[]
}

interface Streamed {
  readonly message: JsonObject
  readonly blocks: readonly Block[]
  /** Of `message_delta`. */
  readonly delta: JsonObject
  readonly usage: JsonObject
}

const DELTAS: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta', 'citations_delta'],
  tool_use: ['input_json_delta'],
  server_tool_use: ['input_json_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
}

/** A stream as the grammar of its events reads it; whatever breaks the grammar is an `Unmet`. */
async function stream(server: Server, extra: JsonObject = {}): Promise<Streamed> {
  const events = eventsOf(await post(server, { stream: true, ...extra })).map((one) => {
    const data = dataOf(one)
    need(
      one.event === data['type'],
      `an event is named ${one.event ?? 'nothing'}, its type is ${seen(data['type'])}`,
    )
    return data
  })
  const real = events.filter(({ type }) => type !== 'ping')
  const [first, ...rest] = real
  need(first?.['type'] === 'message_start', `the first event is ${seen(first?.['type'])}`)
  const last = rest.pop()
  need(last?.['type'] === 'message_stop', `the last event is ${seen(last?.['type'])}`)
  const { blocks, after } = readBlocks(rest)
  const [delta, ...further] = after
  need(delta?.['type'] === 'message_delta', `${seen(delta?.['type'])} stands after the blocks`)
  const wrong = further.find(({ type }) => type !== 'message_delta')
  need(wrong === undefined, `${seen(wrong?.['type'])} stands after message_delta`)
  const closing = further.at(-1) ?? delta
  return {
    message: asObject(first['message']) ?? {},
    blocks,
    delta: asObject(closing['delta']) ?? {},
    usage: asObject(closing['usage']) ?? {},
  }
}

function readBlocks(events: readonly JsonObject[]): { blocks: Block[]; after: JsonObject[] } {
  const blocks: Block[] = []
  let open: { readonly start: JsonObject; readonly deltas: JsonObject[] } | undefined
  for (const [at, event] of events.entries()) {
    const { type, index } = event
    if (type === 'content_block_start') {
      need(open === undefined, `block ${seen(index)} starts before the one before it stops`)
      need(index === blocks.length, `block ${blocks.length} starts with the index ${seen(index)}`)
      open = { start: asObject(event['content_block']) ?? {}, deltas: [] }
    } else if (type === 'content_block_delta') {
      need(open !== undefined, 'a delta stands outside a block')
      need(
        index === blocks.length,
        `a delta of block ${blocks.length} has the index ${seen(index)}`,
      )
      const delta = asObject(event['delta']) ?? {}
      const kind = asString(open.start['type']) ?? ''
      const allowed = DELTAS[kind]?.includes(asString(delta['type']) ?? '') ?? true
      need(allowed, `a block of ${kind} has a ${seen(delta['type'])}`)
      open.deltas.push(delta)
    } else if (type === 'content_block_stop') {
      need(open !== undefined, 'a block stops that did not start')
      need(index === blocks.length, `block ${blocks.length} stops with the index ${seen(index)}`)
      blocks.push(open)
      open = undefined
    } else {
      need(open === undefined, `${seen(type)} stands inside a block`)
      return { blocks, after: events.slice(at) }
    }
  }
  return { blocks, after: [] }
}

function joined(block: Block | undefined, field: string): string {
  return (block?.deltas ?? []).map((delta) => asString(delta[field]) ?? '').join('')
}

function blockOf({ blocks }: Streamed, type: string): Block | undefined {
  return blocks.find(({ start }) => start['type'] === type)
}

export const STREAM_CHECKS: readonly Check[] = [
  {
    id: 'messages.stream.order',
    requirement:
      'a stream is message_start, blocks one after the other, message_delta, message_stop; the event’s name is its type',
    source: `${STREAMING}#event-types`,
    run: async (server) => {
      const { blocks } = await stream(server)
      need(blocks.length > 0, 'the stream holds no block')
    },
  },
  {
    id: 'messages.stream.start',
    requirement: 'message_start holds the message, empty, without stop reason, with usage',
    source: `${STREAMING}#event-types`,
    run: async (server) => {
      const { message } = await stream(server)
      const shape = object({
        id: filled,
        type: word('message'),
        role: word('assistant'),
        model: filled,
        content: list(() => ['content is not empty']),
        stop_reason: nothing,
        stop_sequence: nothing,
        usage: object({ input_tokens: count, output_tokens: count }),
      })
      needShape(message, shape, 'message')
    },
  },
  {
    id: 'messages.stream.end',
    requirement: 'message_delta holds the stop reason and the cumulative output_tokens',
    source: `${STREAMING}#event-types`,
    run: async (server) => {
      const { delta, usage } = await stream(server)
      needShape(delta, object({ stop_reason: word(...STOP_REASONS) }), 'delta')
      need('stop_sequence' in delta, 'delta.stop_sequence is missing')
      const tokens = asNumber(usage['output_tokens']) ?? 0
      need(tokens > 1, `output_tokens is ${tokens} at the end`)
    },
  },
  {
    id: 'messages.stream.text',
    requirement: 'text starts empty and comes in several deltas',
    source: `${STREAMING}#text-delta`,
    run: async (server) => {
      const streamed = await stream(server, { messages: [user(LONG_PROMPT)] })
      const block = blockOf(streamed, 'text')
      need(block?.start['text'] === '', 'content_block.text is not empty at the start')
      need(block.deltas.length > 1, `${block.deltas.length} deltas`)
      need(joined(block, 'text') !== '', 'the deltas hold no text')
    },
  },
  {
    id: 'messages.stream.tool',
    requirement: 'a call starts with an empty input, whose JSON comes in deltas',
    source: `${STREAMING}#input-json-delta`,
    run: async (server) => {
      const streamed = await stream(server, {
        messages: [user(WEATHER_PROMPT)],
        tools: [TOOL],
        tool_choice: { type: 'tool', name: WEATHER.name },
      })
      const block = blockOf(streamed, 'tool_use')
      needShape(block?.start, object({ id: filled, name: word(WEATHER.name) }), 'content_block')
      const empty = asObject(block?.start['input'])
      need(empty !== undefined && Object.keys(empty).length === 0, 'content_block.input is not {}')
      const input = tryParseJson(joined(block, 'partial_json'))
      need(isJsonObject(input) && 'city' in input, 'the deltas do not add up to the input')
      need(
        streamed.delta['stop_reason'] === 'tool_use',
        `stop_reason is ${seen(streamed.delta['stop_reason'])}`,
      )
    },
  },
  {
    id: 'messages.stream.stop-sequence',
    requirement: 'a stop sequence ends a stream as it ends a whole answer',
    source: 'https://docs.anthropic.com/en/api/messages#body-stop-sequences',
    run: async (server) => {
      const streamed = await stream(server, {
        stop_sequences: [STOP],
        messages: [user(STOP_PROMPT)],
      })
      need(
        streamed.delta['stop_reason'] === 'stop_sequence',
        `stop_reason is ${seen(streamed.delta['stop_reason'])}`,
      )
      need(
        streamed.delta['stop_sequence'] === STOP,
        `stop_sequence is ${seen(streamed.delta['stop_sequence'])}`,
      )
      need(
        !joined(blockOf(streamed, 'text'), 'text').includes(STOP),
        'the text holds the stop sequence',
      )
    },
  },
  {
    id: 'messages.stream.max-tokens',
    requirement: 'a stream that reaches max_tokens says so',
    source: `${STREAMING}#event-types`,
    run: async (server) => {
      const { delta } = await stream(server, { max_tokens: 32, messages: [user(LONG_PROMPT)] })
      need(delta['stop_reason'] === 'max_tokens', `stop_reason is ${seen(delta['stop_reason'])}`)
    },
  },
  {
    id: 'messages.stream.thinking',
    requirement:
      'thinking is streamed as thinking_delta and closed by a signature_delta, before the text',
    source: `${THINKING}#streaming-thinking`,
    run: async (server) => {
      const thinking = { type: 'enabled', budget_tokens: 1024 }
      const extra = { max_tokens: 4096, thinking, messages: [user('What is 27 times 43?')] }
      const probe = await post(server, extra)
      if (probe.status === 400) throw new NotApplicable(`${server.model} does not think on request`)
      const { blocks } = await stream(server, extra)
      const [first] = blocks
      if (!blocks.some(({ start }) => start['type'] === 'thinking')) {
        throw new NotApplicable(`${server.model} shows no thinking`)
      }
      need(first?.start['type'] === 'thinking', `the first block is ${seen(first?.start['type'])}`)
      need(joined(first, 'thinking') !== '', 'no thinking in the deltas')
      need(
        first.deltas.at(-1)?.['type'] === 'signature_delta',
        'the last delta is no signature_delta',
      )
      need(joined(first, 'signature') !== '', 'the signature is empty')
    },
  },
]
