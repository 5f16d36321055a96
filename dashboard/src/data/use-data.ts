import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { ask, messageOf } from './api.ts'

export interface Data<Shape> {
  readonly value: Shape | undefined
  readonly problem: string | undefined
  readonly loading: boolean
  readonly reload: () => void
}

/** What the gateway answers on a path; asked anew when the path changes. `undefined` asks nothing. */
export function useData<Shape>(path: string | undefined): Data<Shape> {
  const [state, setState] = useState<{ value?: Shape; problem?: string; loading: boolean }>({
    loading: path !== undefined,
  })
  const [round, setRound] = useState(0)
  const shown = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (path === undefined) return
    const controller = new AbortController()
    const same = shown.current === path
    shown.current = path
    setState((before) => (same ? { ...before, loading: true } : { loading: true }))
    ask<Shape>(path, { signal: controller.signal }).then(
      (value) => {
        setState({ value, loading: false })
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setState({ problem: messageOf(error), loading: false })
      },
    )
    return () => {
      controller.abort()
    }
  }, [path, round])
  const reload = useCallback(() => {
    setRound((before) => before + 1)
  }, [])
  return { value: state.value, problem: state.problem, loading: state.loading, reload }
}
