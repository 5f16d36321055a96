import type { House } from './house.ts'
import type { CopilotOptions } from './options.ts'

export interface LazyHouse {
  readonly open: () => Promise<House>
  readonly close: () => Promise<void>
}

/** The house is built, and its code read, at the first call: importing the package costs nothing. */
export function lazyHouse(options: CopilotOptions): LazyHouse {
  let opening: Promise<House> | undefined
  return {
    open: () =>
      (opening ??= build(options).catch((error: unknown) => {
        opening = undefined
        throw error
      })),
    async close() {
      const open = opening
      opening = undefined
      await (await open)?.close()
    },
  }
}

async function build(options: CopilotOptions): Promise<House> {
  const { openHouse } = await import('./open-house.ts')
  return openHouse(options)
}
