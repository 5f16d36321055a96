import { asObject, asString } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { need, NotApplicable } from '../check.ts'
import type { Check } from '../check.ts'
import { RED_PNG, WEATHER, WEATHER_PROMPT, WEATHER_SCHEMA } from '../samples.ts'
import type { Server } from '../server.ts'
import { anyObject, filled, needShape, object, seen } from '../shape.ts'
import { assistant, blocksOf, message, post, textOf, THINKING, TOOLS, user } from './ask.ts'

export const TOOL: JsonObject = { ...WEATHER, input_schema: WEATHER_SCHEMA }
const FORCED = { type: 'tool', name: WEATHER.name }

/** Asks for a call, and gives the answer with it. */
async function called(server: Server, extra: JsonObject = {}): Promise<JsonObject> {
  const answer = await message(server, {
    messages: [user(WEATHER_PROMPT)],
    tools: [TOOL],
    tool_choice: FORCED,
    ...extra,
  })
  need(answer['stop_reason'] === 'tool_use', `stop_reason is ${seen(answer['stop_reason'])}`)
  const [call] = blocksOf(answer, 'tool_use')
  needShape(call, object({ id: filled, name: filled, input: anyObject }), 'the tool_use block')
  return answer
}

function resultsFor(answer: JsonObject, content: JsonValue, extra: JsonObject = {}): JsonObject {
  return user(
    blocksOf(answer, 'tool_use').map(({ id = null }) =>
      Object.assign({ type: 'tool_result', tool_use_id: id, content }, extra),
    ),
  )
}

async function goOn(server: Server, result: (answer: JsonObject) => JsonObject): Promise<void> {
  const answer = await called(server)
  const next = await message(server, {
    messages: [user(WEATHER_PROMPT), assistant(answer['content'] ?? []), result(answer)],
    tools: [TOOL],
  })
  need(next['stop_reason'] !== null, 'the answer to a result has no stop reason')
}

const TWO_CALLS = [
  { type: 'text', text: 'I look up both.' },
  { type: 'tool_use', id: 'toolu_conformance_1', name: WEATHER.name, input: { city: 'Paris' } },
  { type: 'tool_use', id: 'toolu_conformance_2', name: WEATHER.name, input: { city: 'Rome' } },
]

export const TOOL_CHECKS: readonly Check[] = [
  {
    id: 'messages.tools.forced',
    requirement: 'a forced tool is called, with an id and an input of its schema',
    source: `${TOOLS}#forcing-tool-use`,
    run: async (server) => {
      const [call] = blocksOf(await called(server), 'tool_use')
      need(call?.['name'] === WEATHER.name, `the tool called is ${seen(call?.['name'])}`)
      const city = asString(asObject(call?.['input'])?.['city'])
      need(city !== undefined, 'the input has no city, which its schema requires')
    },
  },
  {
    id: 'messages.tools.any',
    requirement: 'tool_choice any calls one of the tools',
    source: `${TOOLS}#forcing-tool-use`,
    run: async (server) => {
      await called(server, { tool_choice: { type: 'any' } })
    },
  },
  {
    id: 'messages.tools.none',
    requirement: 'tool_choice none calls no tool',
    source: `${TOOLS}#forcing-tool-use`,
    run: async (server) => {
      const answer = await message(server, {
        messages: [user(WEATHER_PROMPT)],
        tools: [TOOL],
        tool_choice: { type: 'none' },
      })
      need(blocksOf(answer, 'tool_use').length === 0, 'a tool was called')
    },
  },
  {
    id: 'messages.tools.result-text',
    requirement: 'a result as text is taken, and the conversation goes on',
    source: `${TOOLS}#handling-results-from-client-tools`,
    run: (server) => goOn(server, (answer) => resultsFor(answer, 'It rains.')),
  },
  {
    id: 'messages.tools.result-blocks',
    requirement: 'a result as blocks, with an image, is taken',
    source: `${TOOLS}#handling-results-from-client-tools`,
    run: (server) => {
      const image = {
        type: 'image',
        source: { type: 'base64', media_type: 'image/png', data: RED_PNG },
      }
      return goOn(server, (answer) => resultsFor(answer, [{ type: 'text', text: 'See:' }, image]))
    },
  },
  {
    id: 'messages.tools.result-error',
    requirement: 'a result that is an error, and one without content, are taken',
    source: `${TOOLS}#tool-execution-error`,
    run: async (server) => {
      await goOn(server, (answer) => resultsFor(answer, 'No such city.', { is_error: true }))
      await goOn(server, (answer) => resultsFor(answer, ''))
    },
  },
  {
    id: 'messages.tools.parallel-results',
    requirement: 'two calls of one turn and their two results are taken, in any order',
    source: 'https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/parallel-tool-use',
    run: async (server) => {
      const results = [
        { type: 'tool_result', tool_use_id: 'toolu_conformance_2', content: 'Sun.' },
        { type: 'tool_result', tool_use_id: 'toolu_conformance_1', content: 'Rain.' },
        { type: 'text', text: 'Which is drier?' },
      ]
      const answer = await message(server, {
        messages: [user('Weather in Paris and Rome?'), assistant(TWO_CALLS), user(results)],
        tools: [TOOL],
      })
      need(textOf(answer) !== '' || blocksOf(answer, 'tool_use').length > 0, 'the answer is empty')
    },
  },
  {
    id: 'messages.tools.parallel-disabled',
    requirement: 'disable_parallel_tool_use allows one call at most',
    source: 'https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/parallel-tool-use',
    run: async (server) => {
      const answer = await called(server, {
        messages: [user('What is the weather in Paris and in Rome? Use the tool.')],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
      })
      const calls = blocksOf(answer, 'tool_use').length
      need(calls === 1, `${calls} calls`)
    },
  },
  {
    id: 'messages.thinking.blocks',
    requirement: 'thinking comes first, as blocks with a signature, and is taken back',
    source: `${THINKING}#preserving-thinking-blocks`,
    run: async (server) => {
      const thinking = { type: 'enabled', budget_tokens: 1024 }
      const asked = { max_tokens: 4096, thinking, messages: [user('What is 27 times 43?')] }
      const reply = await post(server, asked)
      if (reply.status === 400) throw new NotApplicable(`${server.model} does not think on request`)
      const answer = await message(server, asked)
      if (blocksOf(answer, 'thinking').length === 0) {
        throw new NotApplicable(`${server.model} shows no thinking`)
      }
      const [first] = answer['content'] as JsonObject[]
      need(first?.['type'] === 'thinking', `the first block is ${seen(first?.['type'])}`)
      needShape(first, object({ thinking: filled, signature: filled }), 'the thinking block')
      await message(server, {
        ...asked,
        messages: [...asked.messages, assistant(answer['content'] ?? []), user('And plus one?')],
      })
    },
  },
]
