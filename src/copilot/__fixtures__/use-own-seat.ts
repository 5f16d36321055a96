import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { Access } from '../../core/upstream.ts'
import type { World } from './world.ts'
import { createWorld, never } from './world.ts'

export const at = { seat: 'own' }

/** A world for each test of a file, handed to it as it is made, and what is done with its own seat. */
export function useOwnSeat(enter: (world: World) => void) {
  let world: World

  beforeEach(async () => {
    world = await createWorld({ planHosts: false })
    enter(world)
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  function token(
    input: Parameters<World['emulator']['control']['tokens']['issue']>[0] = {},
  ): string {
    return world.emulator.control.tokens.issue(input).value
  }

  async function store(value: string): Promise<void> {
    await mkdir(world.folder, { recursive: true })
    await writeFile(join(world.folder, 'access-token'), value, { mode: 0o600 })
  }

  /** Always a promise, whether it is there or not. */
  async function accessOf(copilot: ReturnType<typeof world.copilot>): Promise<Access> {
    return copilot.access(at, never)
  }

  return { token, store, accessOf }
}
