import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommandContext } from '../command.ts'
import { isLoopback } from '../../core/loopback.ts'
import { demoEnvironment } from '../emulator-environment.ts'

/** Tokens a second of a streamed answer: about as fast as a person reads. */
export const HUMAN_PACE = 60

export interface Demo {
  readonly environment: CommandContext['environment']
  close(): Promise<void>
}

/**
 * The emulator, signed in, and a folder of its own that goes with it. On loopback it is open, so that whatever is tried just works;
 * beyond it a gateway must have a master key, and there the person's own is heeded.
 */
export async function startDemo(
  environment: CommandContext['environment'],
  host = '127.0.0.1',
): Promise<Demo> {
  const { createEmulator } = await import('../../emulator/index.ts')
  const emulator = await createEmulator({ pace: HUMAN_PACE })
  const folder = await mkdtemp(join(tmpdir(), 'jetway-demo-'))
  return {
    environment: {
      ...demoEnvironment(environment, emulator, folder),
      ...(isLoopback(host) ? {} : masterKeyOf(environment)),
    },
    async close() {
      await emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function masterKeyOf(
  environment: CommandContext['environment'],
): Readonly<Record<string, string | undefined>> {
  const { JETWAY_MASTER_KEY, LITELLM_MASTER_KEY } = environment
  return { JETWAY_MASTER_KEY, LITELLM_MASTER_KEY }
}

/** The exact line to try; a locked gateway's key stays in its variable. */
export function curlLine(
  url: string,
  { JETWAY_MASTER_KEY, LITELLM_MASTER_KEY }: CommandContext['environment'],
): string {
  const name = JETWAY_MASTER_KEY ? 'JETWAY_MASTER_KEY' : LITELLM_MASTER_KEY && 'LITELLM_MASTER_KEY'
  const key = name ? ` -H "authorization: Bearer $${name}"` : ''
  return `  curl ${url}/v1/chat/completions -H 'content-type: application/json'${key} \\
    -d '{"model": "gpt-4o", "messages": [{"role": "user", "content": "Say hello"}]}'`
}
