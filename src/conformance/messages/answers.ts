import { asNumber, asObject, tryParseJson } from '../../core/json.ts'
import { need } from '../check.ts'
import type { Check } from '../check.ts'
import {
  LONG_PROMPT,
  PERSON_PROMPT,
  PERSON_SCHEMA,
  RED_PNG,
  STOP,
  STOP_PROMPT,
} from '../samples.ts'
import { okOf } from '../server.ts'
import {
  count,
  filled,
  flag,
  list,
  needShape,
  number,
  object,
  either,
  nothing,
  word,
  seen,
} from '../shape.ts'
import { assistant, blocksOf, message, REFERENCE, textOf, user } from './ask.ts'

const VISION = 'https://docs.anthropic.com/en/docs/build-with-claude/vision'

/** Few, but not fewer than any model takes. */
const MOST = 32

/** Whole answers: their shape, and what a request may hold. */
export const ANSWER_CHECKS: readonly Check[] = [
  {
    id: 'messages.answer.shape',
    requirement: 'an answer is a message with id, role, model, content, stop reason and usage',
    source: `${REFERENCE}#response`,
    run: async (server) => {
      const answer = await message(server)
      need(answer['stop_reason'] === 'end_turn', `stop_reason is ${seen(answer['stop_reason'])}`)
      need(textOf(answer) !== '', 'the answer holds no text')
    },
  },
  {
    id: 'messages.answer.request-id',
    requirement: 'every answer names the request in the header request-id',
    source: 'https://docs.anthropic.com/en/api/errors#request-id',
    run: async (server) => {
      const body = { model: server.model, max_tokens: 16, messages: [user('Hi')] }
      const reply = await server.ask({ path: '/messages', body })
      okOf(reply)
      need(Boolean(reply.headers.get('request-id')), 'the header request-id is missing')
    },
  },
  {
    id: 'messages.input.blocks',
    requirement: 'content may be text or a list of blocks, system too',
    source: `${REFERENCE}#body-messages`,
    run: async (server) => {
      await message(server, { system: 'Be brief.' })
      await message(server, {
        system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
        messages: [
          user([
            { type: 'text', text: 'Say' },
            { type: 'text', text: 'hello.' },
          ]),
        ],
      })
    },
  },
  {
    id: 'messages.input.turns',
    requirement: 'earlier turns are taken, and turns of one role in a row are one',
    source: `${REFERENCE}#body-messages`,
    run: async (server) => {
      await message(server, {
        messages: [user('Say hello.'), assistant('Hello.'), user('Say it'), user('once more.')],
      })
    },
  },
  {
    id: 'messages.input.parameters',
    requirement: 'temperature, top_k and metadata are taken',
    source: `${REFERENCE}#body-temperature`,
    run: async (server) => {
      await message(server, { temperature: 0.5, top_k: 40, metadata: { user_id: 'conformance' } })
    },
  },
  {
    id: 'messages.stop.max-tokens',
    requirement: 'an answer that reaches max_tokens is cut there, and says so',
    source: `${REFERENCE}#body-max-tokens`,
    run: async (server) => {
      const answer = await message(server, { max_tokens: MOST, messages: [user(LONG_PROMPT)] })
      need(answer['stop_reason'] === 'max_tokens', `stop_reason is ${seen(answer['stop_reason'])}`)
      const used = asNumber(asObject(answer['usage'])?.['output_tokens']) ?? 0
      need(used <= MOST, `output_tokens is ${used}, though max_tokens was ${MOST}`)
    },
  },
  {
    id: 'messages.stop.sequence',
    requirement: 'a stop sequence ends the answer, is named, and is not in the text',
    source: `${REFERENCE}#body-stop-sequences`,
    run: async (server) => {
      const answer = await message(server, {
        stop_sequences: [STOP],
        messages: [user(STOP_PROMPT)],
      })
      need(
        answer['stop_reason'] === 'stop_sequence',
        `stop_reason is ${seen(answer['stop_reason'])}`,
      )
      need(answer['stop_sequence'] === STOP, `stop_sequence is ${seen(answer['stop_sequence'])}`)
      need(!textOf(answer).includes(STOP), 'the text holds the stop sequence')
    },
  },
  {
    id: 'messages.input.image',
    requirement: 'an image as base64 is taken, and counted',
    source: `${VISION}#base64-encoded-image-example`,
    run: async (server) => {
      const image = {
        type: 'image',
        source: { type: 'base64', media_type: 'image/png', data: RED_PNG },
      }
      const question = { type: 'text', text: 'Which colour is it?' }
      const answer = await message(server, { messages: [user([image, question])] })
      need(textOf(answer) !== '', 'the answer holds no text')
    },
  },
  {
    id: 'messages.output.json',
    requirement: 'output_config.format makes the answer JSON of the given schema',
    source: 'https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs',
    run: async (server) => {
      const answer = await message(server, {
        messages: [user(PERSON_PROMPT)],
        output_config: { format: { type: 'json_schema', schema: PERSON_SCHEMA } },
      })
      const parsed = tryParseJson(textOf(answer))
      needShape(parsed, object({ name: filled, age: number }), 'the JSON in the text')
    },
  },
  {
    id: 'messages.usage.prompt',
    requirement: 'input_tokens follows the length of the prompt',
    source: `${REFERENCE}#response-usage`,
    run: async (server) => {
      const tokensOf = async (prompt: string): Promise<number> => {
        const usage = asObject((await message(server, { messages: [user(prompt)] }))['usage']) ?? {}
        const parts = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']
        return parts.reduce((sum, name) => sum + (asNumber(usage[name]) ?? 0), 0)
      }
      const [short, long] = [await tokensOf('Hi'), await tokensOf('Say hello. '.repeat(200))]
      need(long > short + 200, `${short} tokens for a short prompt, ${long} for a long one`)
    },
  },
  {
    id: 'messages.answer.blocks',
    requirement: 'blocks of text hold text, and no unknown block stands in a plain answer',
    source: `${REFERENCE}#response-content`,
    run: async (server) => {
      const answer = await message(server)
      const texts = blocksOf(answer, 'text')
      needShape(texts, list(object({ text: filled }), 1), 'the text blocks')
      const others = (answer['content'] as unknown[]).length - texts.length
      need(others === 0, `${others} blocks that are no text`)
    },
  },
  {
    id: 'messages.models.list',
    requirement: 'GET /v1/models lists models in Anthropic’s form',
    source: 'https://docs.anthropic.com/en/api/models-list',
    run: async (server) => {
      const list_ = okOf(await server.ask({ path: '/models' }))
      const model = object({
        type: word('model'),
        id: filled,
        display_name: filled,
        created_at: filled,
      })
      needShape(
        list_,
        object({
          data: list(model, 1),
          has_more: flag,
          first_id: either(filled, nothing),
          last_id: either(filled, nothing),
        }),
      )
    },
  },
  {
    id: 'messages.count.shape',
    requirement: 'count_tokens gives input_tokens, more for more, with tools and system counted',
    source: 'https://docs.anthropic.com/en/api/messages-count-tokens',
    run: async (server) => {
      const tokensOf = async (extra: Record<string, never> | object): Promise<number> => {
        const body = { model: server.model, messages: [user('Hi')], ...extra }
        const answer = okOf(await server.ask({ path: '/messages/count_tokens', body }))
        needShape(answer, object({ input_tokens: count }))
        return asNumber(answer['input_tokens']) ?? 0
      }
      const plain = await tokensOf({})
      need(plain > 0, 'a prompt counts nothing')
      const longer = await tokensOf({ messages: [user('Say hello. '.repeat(100))] })
      need(longer > plain + 100, `${plain} tokens for a short prompt, ${longer} for a long one`)
      const system = await tokensOf({ system: 'Be brief. '.repeat(50) })
      need(system > plain, 'the system prompt is not counted')
      const input_schema = { type: 'object', properties: { city: { type: 'string' } } }
      const tools = await tokensOf({
        tools: [{ name: 'look', description: 'Looks.', input_schema }],
      })
      need(tools > plain, 'tools are not counted')
    },
  },
]
