import type { Check } from '../check.ts'
import { ANSWER_CHECKS } from './answers.ts'
import { ERROR_CHECKS } from './errors.ts'
import { FUNCTION_CHECKS } from './functions.ts'
import { STREAM_CHECKS } from './stream.ts'

/** The Gemini API. */
export const GEMINI_CHECKS: readonly Check[] = [
  ...ANSWER_CHECKS,
  ...STREAM_CHECKS,
  ...FUNCTION_CHECKS,
  ...ERROR_CHECKS,
]
