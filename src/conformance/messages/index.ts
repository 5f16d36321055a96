import type { Check } from '../check.ts'
import { ANSWER_CHECKS } from './answers.ts'
import { ERROR_CHECKS } from './errors.ts'
import { STREAM_CHECKS } from './stream.ts'
import { TOOL_CHECKS } from './tools.ts'

/** Anthropic Messages. */
export const MESSAGES_CHECKS: readonly Check[] = [
  ...ANSWER_CHECKS,
  ...STREAM_CHECKS,
  ...TOOL_CHECKS,
  ...ERROR_CHECKS,
]
