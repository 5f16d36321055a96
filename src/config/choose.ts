/** Where a setting may come from, in order of precedence; the first that has a value wins. */
export interface Source<Value> {
  /** As people know it: `--port`, `JETWAY_PORT`, `config.yaml:3:5`. */
  readonly name: string
  readonly value: Value | undefined
}

/** What was chosen and from where, for `config check` and for whoever wonders. */
export interface Origin {
  readonly setting: string
  readonly source: string
}

export interface Chooser {
  choose<Value>(setting: string, sources: readonly Source<Value>[], fallback: Value): Value
  readonly origins: readonly Origin[]
}

export function createChooser(): Chooser {
  const origins: Origin[] = []
  return {
    origins,
    choose(setting, sources, fallback) {
      const source = sources.find(({ value }) => value !== undefined)
      origins.push({ setting, source: source?.name ?? 'default' })
      return source?.value ?? fallback
    },
  }
}
