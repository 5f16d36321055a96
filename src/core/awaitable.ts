/** Known at once, or to be waited for. A promise costs a call more than most of what it is made for. */
export type Awaitable<Value> = Value | Promise<Value>

/** Goes on at once where nothing has to be waited for; what `goOn` throws is then thrown, and else a rejection. */
export function whenKnown<Value, Result>(
  value: Awaitable<Value>,
  goOn: (value: Value) => Awaitable<Result>,
): Awaitable<Result> {
  return value instanceof Promise ? value.then(goOn) : goOn(value)
}

/** Does `undo` when `work` throws or rejects, and passes the error on. */
export function undoOnError<Result>(
  work: () => Awaitable<Result>,
  undo: () => void,
): Awaitable<Result> {
  let result: Awaitable<Result>
  try {
    result = work()
  } catch (error) {
    undo()
    throw error
  }
  if (!(result instanceof Promise)) return result
  return result.catch((error: unknown) => {
    undo()
    throw error
  })
}
