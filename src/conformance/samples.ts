import type { JsonObject } from '../core/json.ts'

/** Eight by eight red pixels. */
export const RED_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mP4z8CAFTEMLQkAKP8/wc53yE8AAAAASUVORK5CYII='

export const WEATHER_SCHEMA: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string', description: 'Name of the city' } },
  required: ['city'],
  additionalProperties: false,
}

export const WEATHER = { name: 'get_weather', description: 'Says what the weather of a city is.' }

export const PERSON_SCHEMA: JsonObject = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
  additionalProperties: false,
}

/** What a model repeats is cut at this word where stop sequences work. */
export const STOP = 'STOPHERE'
export const STOP_PROMPT = `Repeat after me, word for word: alpha ${STOP} beta`
export const LONG_PROMPT = 'Write two hundred words about the sea.'
export const WEATHER_PROMPT = 'What is the weather in Paris? Use the tool.'
export const PERSON_PROMPT = 'Ada Lovelace is 36 years old. Give her name and age.'
