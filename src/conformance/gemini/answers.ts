import { asArray, asNumber, asObject, asString, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { need, NotApplicable } from '../check.ts'
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
import { count, filled, list, needShape, number, object, seen } from '../shape.ts'
import {
  candidateOf,
  contents,
  generate,
  model,
  partsOf,
  post,
  REFERENCE,
  said,
  STRUCTURED,
  textOf,
  THINKING,
  user,
} from './ask.ts'

function needReason(answer: JsonObject, reason: string): void {
  const found = candidateOf(answer)['finishReason']
  need(found === reason, `finishReason is ${seen(found)}, not ${reason}`)
}

/** The older form of a schema: a part of OpenAPI’s, with its types in capitals. */
const OPENAPI_PERSON: JsonObject = {
  type: 'OBJECT',
  properties: { name: { type: 'STRING' }, age: { type: 'INTEGER' } },
  required: ['name', 'age'],
}

function needPerson(answer: JsonObject): void {
  const person = object({ name: filled, age: number })
  needShape(tryParseJson(textOf([answer])), person, 'the JSON in the text')
}

export const ANSWER_CHECKS: readonly Check[] = [
  {
    id: 'gemini.answer.shape',
    requirement:
      'an answer has candidates with content and finishReason, usageMetadata, modelVersion',
    source: `${REFERENCE}#v1beta.GenerateContentResponse`,
    run: async (server) => {
      const answer = await generate(server)
      needReason(answer, 'STOP')
      need(textOf([answer]) !== '', 'the answer holds no text')
      needShape(answer, object({ responseId: filled }))
    },
  },
  {
    id: 'gemini.usage.sum',
    requirement: 'totalTokenCount is the sum of prompt, candidates, thoughts and tool prompts',
    source: `${REFERENCE}#UsageMetadata`,
    run: async (server) => {
      const usage = asObject((await generate(server))['usageMetadata']) ?? {}
      const parts = [
        'promptTokenCount',
        'candidatesTokenCount',
        'thoughtsTokenCount',
        'toolUsePromptTokenCount',
      ]
      const sum = parts.reduce((total, name) => total + (asNumber(usage[name]) ?? 0), 0)
      need(
        usage['totalTokenCount'] === sum,
        `totalTokenCount is ${seen(usage['totalTokenCount'])}, the parts make ${sum}`,
      )
      need(
        (asNumber(usage['candidatesTokenCount']) ?? 0) > 0,
        'candidatesTokenCount is not above 0',
      )
    },
  },
  {
    id: 'gemini.input.turns',
    requirement: 'earlier turns of user and model are taken; one without a role is the user’s',
    source: 'https://ai.google.dev/api/caching#Content',
    run: async (server) => {
      await generate(server, {
        contents: [user(said('Say hello.')), model(said('Hello.')), { parts: [said('Again.')] }],
      })
    },
  },
  {
    id: 'gemini.input.system',
    requirement: 'systemInstruction is taken, as is its spelling with an underscore',
    source: `${REFERENCE}#request-body`,
    run: async (server) => {
      await generate(server, { systemInstruction: { parts: [said('Be brief.')] } })
      await generate(server, { system_instruction: { parts: [said('Be brief.')] } })
    },
  },
  {
    id: 'gemini.input.parameters',
    requirement: 'temperature, topP, topK and safetySettings are taken',
    source: `${REFERENCE}#v1beta.GenerationConfig`,
    run: async (server) => {
      await generate(server, {
        generationConfig: { temperature: 0.5, topP: 0.9, topK: 40, candidateCount: 1 },
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_ONLY_HIGH' }],
      })
    },
  },
  {
    id: 'gemini.stop.max-tokens',
    requirement: 'an answer that reaches maxOutputTokens ends with MAX_TOKENS',
    source: `${REFERENCE}#FinishReason`,
    run: async (server) => {
      needReason(
        await generate(server, {
          contents: [user(said(LONG_PROMPT))],
          generationConfig: { maxOutputTokens: 32 },
        }),
        'MAX_TOKENS',
      )
    },
  },
  {
    id: 'gemini.stop.sequence',
    requirement: 'a stop sequence ends the answer with STOP, and is not in the text',
    source: `${REFERENCE}#v1beta.GenerationConfig`,
    run: async (server) => {
      const answer = await generate(server, {
        contents: [user(said(STOP_PROMPT))],
        generationConfig: { stopSequences: [STOP] },
      })
      needReason(answer, 'STOP')
      need(!textOf([answer]).includes(STOP), 'the text holds the stop sequence')
    },
  },
  {
    id: 'gemini.input.image',
    requirement: 'an image as inlineData is taken',
    source: 'https://ai.google.dev/gemini-api/docs/image-understanding#inline-image',
    run: async (server) => {
      const image = { inlineData: { mimeType: 'image/png', data: RED_PNG } }
      const answer = await generate(server, {
        contents: [user(image, said('Which colour is it?'))],
      })
      need(textOf([answer]) !== '', 'the answer holds no text')
    },
  },
  {
    id: 'gemini.output.json-schema',
    requirement: 'responseJsonSchema makes the answer JSON of that schema',
    source: STRUCTURED,
    run: async (server) => {
      needPerson(
        await generate(server, {
          contents: [user(said(PERSON_PROMPT))],
          generationConfig: {
            responseMimeType: 'application/json',
            responseJsonSchema: PERSON_SCHEMA,
          },
        }),
      )
    },
  },
  {
    id: 'gemini.output.schema',
    requirement: 'responseSchema, with types in capitals, makes the answer JSON of that schema',
    source: `${REFERENCE}#v1beta.GenerationConfig`,
    run: async (server) => {
      needPerson(
        await generate(server, {
          contents: [user(said(PERSON_PROMPT))],
          generationConfig: {
            responseMimeType: 'application/json',
            responseSchema: OPENAPI_PERSON,
          },
        }),
      )
    },
  },
  {
    id: 'gemini.thinking.parts',
    requirement: 'thoughts come as parts with thought: true before the answer, and are taken back',
    source: `${THINKING}#summaries`,
    run: async (server) => {
      const ask = { contents: [user(said('What is 27 times 43?'))] }
      const thinkingConfig = { includeThoughts: true, thinkingBudget: 1024 }
      const answer = await generate(server, { ...ask, generationConfig: { thinkingConfig } })
      const parts = partsOf(answer)
      if (!parts.some(({ thought }) => thought === true)) {
        throw new NotApplicable(`${server.model} shows no thoughts`)
      }
      need(parts[0]?.['thought'] === true, 'the first part is no thought')
      need(textOf([answer]) !== '', 'there is no answer beside the thoughts')
      await generate(server, {
        contents: [...ask.contents, model(...parts), user(said('And plus one?'))],
        generationConfig: { thinkingConfig },
      })
    },
  },
  {
    id: 'gemini.count.shape',
    requirement: 'countTokens gives totalTokens, more for more, also inside generateContentRequest',
    source: 'https://ai.google.dev/api/tokens#method:-models.counttokens',
    run: async (server) => {
      const tokensOf = async (body: JsonObject): Promise<number> => {
        const answer = okOf(await post(server, 'countTokens', body))
        needShape(answer, object({ totalTokens: count }))
        return asNumber(answer['totalTokens']) ?? 0
      }
      const plain = await tokensOf(contents())
      need(plain > 0, 'a prompt counts nothing')
      const long = await tokensOf({ contents: [user(said('Say hello. '.repeat(100)))] })
      need(long > plain + 100, `${plain} tokens for a short prompt, ${long} for a long one`)
      const request = { model: `models/${server.model}`, ...contents() }
      need(
        (await tokensOf({ generateContentRequest: request })) > 0,
        'generateContentRequest counts nothing',
      )
    },
  },
  {
    id: 'gemini.models.list',
    requirement:
      'models are listed as models/…, with their limits and methods, and found one by one',
    source: 'https://ai.google.dev/api/models#method:-models.list',
    run: async (server) => {
      const entry = object({
        name: (value, at) =>
          asString(value)?.startsWith('models/') ? [] : [`${at} does not begin with models/`],
        displayName: filled,
        supportedGenerationMethods: list(filled, 1),
      })
      const listed = okOf(await server.ask({ path: '/models' }))
      needShape(listed, object({ models: list(entry, 1) }))
      const name = asString(asObject(asArray(listed['models'])[0])?.['name']) ?? ''
      needShape(okOf(await server.ask({ path: `/${name}` })), entry)
    },
  },
]
