import { JetwayError } from '../../core/errors.ts'

/** 409: somebody else was faster. */
export function changedMeanwhile(version?: number): JetwayError {
  const now = version === undefined ? '' : ` (it is at version ${version} now)`
  return new JetwayError(
    `it was changed by somebody else meanwhile${now}: read it again, then change it`,
    { status: 409, code: 'conflict', param: 'version' },
  )
}

export function taken(kind: string, id: string): JetwayError {
  return new JetwayError(`there is or was a ${kind} ${id} already: choose another id`, {
    status: 409,
    code: 'conflict',
  })
}
