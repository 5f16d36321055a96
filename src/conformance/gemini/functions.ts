import { asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { need } from '../check.ts'
import type { Check } from '../check.ts'
import { WEATHER, WEATHER_PROMPT, WEATHER_SCHEMA } from '../samples.ts'
import type { Server } from '../server.ts'
import { needShape, object, word } from '../shape.ts'
import { callsOf, FUNCTIONS, generate, model, partsOf, said, textOf, user } from './ask.ts'

const { additionalProperties: _, ...OPENAPI_WEATHER } = WEATHER_SCHEMA
export const DECLARED = [{ functionDeclarations: [{ ...WEATHER, parameters: OPENAPI_WEATHER }] }]
export const FORCED = {
  functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [WEATHER.name] },
}
const ASKED = user(said(WEATHER_PROMPT))

async function called(server: Server, extra: JsonObject = {}): Promise<JsonObject> {
  const answer = await generate(server, {
    contents: [ASKED],
    tools: DECLARED,
    toolConfig: FORCED,
    ...extra,
  })
  const [call] = callsOf([answer])
  needShape(call, object({ name: word(WEATHER.name), args: object({}) }), 'functionCall')
  const city = asString(asObject(call?.['args'])?.['city'])
  need(city !== undefined, 'args have no city, which the schema requires')
  return answer
}

function responseTo(call: JsonObject | undefined, response: JsonObject): JsonObject {
  const { id } = call ?? {}
  return { functionResponse: { name: WEATHER.name, response, ...(id === undefined ? {} : { id }) } }
}

export const FUNCTION_CHECKS: readonly Check[] = [
  {
    id: 'gemini.functions.any',
    requirement: 'mode ANY calls one of the allowed functions, with arguments of its schema',
    source: `${FUNCTIONS}#function_calling_modes`,
    run: async (server) => {
      await called(server)
    },
  },
  {
    id: 'gemini.functions.json-schema',
    requirement: 'parametersJsonSchema is taken in place of parameters',
    source: 'https://ai.google.dev/api/caching#FunctionDeclaration',
    run: async (server) => {
      await called(server, {
        tools: [{ functionDeclarations: [{ ...WEATHER, parametersJsonSchema: WEATHER_SCHEMA }] }],
      })
    },
  },
  {
    id: 'gemini.functions.none',
    requirement: 'mode NONE calls no function',
    source: `${FUNCTIONS}#function_calling_modes`,
    run: async (server) => {
      const answer = await generate(server, {
        contents: [ASKED],
        tools: DECLARED,
        toolConfig: { functionCallingConfig: { mode: 'NONE' } },
      })
      need(callsOf([answer]).length === 0, 'a function was called')
    },
  },
  {
    id: 'gemini.functions.response',
    requirement: 'a functionResponse is taken, with the call and its thoughtSignature as they came',
    source: `${FUNCTIONS}#step-4`,
    run: async (server) => {
      const answer = await called(server)
      const [call] = callsOf([answer])
      const result = responseTo(call, { result: 'It rains.' })
      await generate(server, {
        contents: [ASKED, model(...partsOf(answer)), user(result)],
        tools: DECLARED,
      })
    },
  },
  {
    id: 'gemini.functions.parallel',
    requirement: 'two calls of one turn and their responses are taken, without ids too',
    source: `${FUNCTIONS}#parallel_function_calling`,
    run: async (server) => {
      const calls = ['Paris', 'Rome'].map((city) => ({
        functionCall: { name: WEATHER.name, args: { city } },
      }))
      const results = ['Rain.', 'Sun.'].map((result) => responseTo(undefined, { result }))
      const answer = await generate(server, {
        contents: [user(said('Paris and Rome?')), model(...calls), user(...results)],
        tools: DECLARED,
      })
      need(textOf([answer]) !== '' || callsOf([answer]).length > 0, 'the answer is empty')
    },
  },
  {
    id: 'gemini.functions.no-parameters',
    requirement: 'a function without parameters is taken',
    source: 'https://ai.google.dev/api/caching#FunctionDeclaration',
    run: async (server) => {
      await generate(server, {
        tools: [{ functionDeclarations: [{ name: 'now', description: 'Says what time it is.' }] }],
      })
    },
  },
]
