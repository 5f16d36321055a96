import type { Source } from './choose.ts'
import type { Environment } from './plain.ts'
import type { ConfigProblem } from './problem.ts'

/** `PORT` is what platforms that run containers set. */
const NAMES = ['JETWAY_PORT', 'PORT']

export function environmentPort(
  environment: Environment,
  fail: (problem: ConfigProblem) => void,
): Source<number>[] {
  return NAMES.map((name) => {
    const text = environment[name]
    if (text === undefined || text === '') return { name, value: undefined }
    const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
    if (value <= 65_535) return { name, value }
    fail({ message: `${name} must be a port number, 0 to 65535` })
    return { name, value: undefined }
  })
}
