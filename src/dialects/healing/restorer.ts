import type { Answer } from '../../core/conversation.ts'
import type { Part } from '../../core/parts.ts'

/** Gives an answer back the form that the client's request had. One for each answer: it may remember parts. */
export interface Restorer {
  part(part: Part): Part
  answer(answer: Answer): Answer
}

/** One after the other; `undefined` when there is nothing to do. */
export function chainRestorers(
  first: Restorer | undefined,
  second: Restorer | undefined,
): Restorer | undefined {
  if (!first || !second) return first ?? second
  return {
    part: (part) => second.part(first.part(part)),
    answer: (answer) => second.answer(first.answer(answer)),
  }
}
