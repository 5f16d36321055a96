import * as z from 'zod'
import { DATABASE_PLACES, isDatabasePlace } from './database-place.ts'

/**
 * Kinds of values a configuration holds. Text is taken where a number or a truth value is wanted, because a value that
 * comes from an environment variable is always text.
 */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const TRUTH: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
}

function numeric(value: unknown): unknown {
  return typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : value
}

function truthy(value: unknown): unknown {
  return typeof value === 'string' ? (TRUTH[value.trim().toLowerCase()] ?? value) : value
}

function textual(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}

function listed(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value
}

export const text = (description: string) =>
  z
    .preprocess(textual, z.string({ error: 'must be text' }).min(1, { error: 'must not be empty' }))
    .optional()
    .describe(description)

export const truth = (description: string) =>
  z
    .preprocess(truthy, z.boolean({ error: 'must be true or false' }))
    .optional()
    .describe(description)

/** Outside, durations are seconds. */
export const seconds = (description: string) =>
  z
    .preprocess(
      numeric,
      z
        .number({ error: 'must be a number of seconds' })
        .min(0, { error: 'must not be negative' })
        .max(31_536_000, { error: 'must be at most a year (31536000 seconds)' }),
    )
    .optional()
    .describe(description)

/** A limit that would stop everything at 0. */
export const positiveSeconds = (description: string) =>
  z
    .preprocess(
      numeric,
      z
        .number({ error: 'must be a number of seconds' })
        .positive({ error: 'must be more than 0 seconds' })
        .max(31_536_000, { error: 'must be at most a year (31536000 seconds)' }),
    )
    .optional()
    .describe(description)

export const count = (description: string, least = 0, most = Number.MAX_SAFE_INTEGER) =>
  z
    .preprocess(
      numeric,
      z
        .number({ error: 'must be a whole number' })
        .int({ error: 'must be a whole number' })
        .min(least, { error: `must be at least ${least}` })
        .max(most, { error: `must be at most ${most}` }),
    )
    .optional()
    .describe(description)

export const amount = (description: string) =>
  z
    .preprocess(
      numeric,
      z.number({ error: 'must be a number' }).min(0, { error: 'must not be negative' }),
    )
    .optional()
    .describe(description)

export const names = (description: string) =>
  z
    .preprocess(listed, z.array(z.string({ error: 'must be text' }), { error: 'must be a list' }))
    .optional()
    .describe(description)

export const databasePlace = (description: string) =>
  z
    .string({ error: 'must be text' })
    .min(1, { error: 'must not be empty', abort: true })
    .refine(isDatabasePlace, { error: DATABASE_PLACES })
    .optional()
    .describe(description)

export const webAddress = (description: string) =>
  z
    .string({ error: 'must be an http:// or https:// address' })
    .refine(isWebAddress, {
      error: 'must be an http:// or https:// address without a user name or password in it',
    })
    .optional()
    .describe(description)

function isWebAddress(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, username, password } = new URL(value)
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === ''
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i
/** What may stand in a header: no line ends, no control characters. */
// oxlint-disable-next-line no-control-regex
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

export const headers = (description: string) =>
  z
    .record(
      z.string().regex(HEADER_NAME),
      z.preprocess(
        textual,
        z
          .string({ error: 'must be text' })
          .regex(HEADER_VALUE, { error: 'holds characters that no header may hold' }),
      ),
      {
        error: ({ code }) =>
          code === 'invalid_key'
            ? 'is not the name of a header'
            : 'must be a map of header names and values',
      },
    )
    .optional()
    .describe(description)

const CHAIN = z.array(z.string({ error: 'must be the name of a model' }), {
  error: 'must be a list of model names',
})

/** LiteLLM's form: `[{ "gpt-4o": ["gpt-4.1", "gpt-4o-mini"] }]`. */
export const fallbackChains = (description: string) =>
  z
    .array(
      z.record(z.string(), CHAIN, { error: 'must be a map from a model to a list of models' }),
      {
        error: 'must be a list, as [{ "gpt-4o": ["gpt-4.1"] }]',
      },
    )
    .optional()
    .describe(description)
