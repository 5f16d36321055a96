import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommandContext } from '../command.ts'
import { demoEnvironment } from '../emulator-environment.ts'

/** Tokens a second of a streamed answer: about as fast as a person reads. */
export const HUMAN_PACE = 60

export interface Demo {
  readonly environment: CommandContext['environment']
  close(): Promise<void>
}

/** The emulator, signed in, and a folder of its own that goes with it. */
export async function startDemo(environment: CommandContext['environment']): Promise<Demo> {
  const { createEmulator } = await import('../../emulator/index.ts')
  const emulator = await createEmulator({ pace: HUMAN_PACE })
  const folder = await mkdtemp(join(tmpdir(), 'jetway-demo-'))
  return {
    environment: demoEnvironment(environment, emulator, folder),
    async close() {
      await emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The exact line to try. */
export function curlLine(url: string): string {
  return `  curl ${url}/v1/chat/completions -H 'content-type: application/json' \\
    -d '{"model": "gpt-4o", "messages": [{"role": "user", "content": "Say hello"}]}'`
}
