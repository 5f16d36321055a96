import type { Answer } from '../../core/conversation.ts'
import type { Part } from '../../core/parts.ts'

/** Gives an answer back the form that the client's request had. One for each answer: it remembers parts. */
export interface Restorer {
  /** What to encode instead of this part, in order; possibly nothing. */
  part(part: Part): readonly Part[]
  answer(answer: Answer): Answer
  /** The client's answer is at its end, whatever the upstream would go on to say. Absent: only the upstream ends it. */
  isOver?(): boolean
}

/** One after the other; `undefined` when there is nothing to do. */
export function chainRestorers(restorers: readonly (Restorer | undefined)[]): Restorer | undefined {
  const present = restorers.filter((restorer) => restorer !== undefined)
  const [first, ...rest] = present
  if (!first || rest.length === 0) return first
  const ending = present.filter((restorer) => restorer.isOver !== undefined)
  return {
    ...(ending.length === 0
      ? {}
      : { isOver: () => ending.some((restorer) => restorer.isOver?.() === true) }),
    part: (part) =>
      rest.reduce<readonly Part[]>(
        (parts, next) => parts.flatMap((piece) => next.part(piece)),
        first.part(part),
      ),
    answer: (answer) => present.reduce((whole, next) => next.answer(whole), answer),
  }
}
