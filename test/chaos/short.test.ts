import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/require.ts'
import { run } from '../support/run.ts'

/**
 * The short run of the fault suite: one process, every fault of the network, of GitHub and of clients once. The long one
 * stands in docs/reliability.md with its command.
 */
test('whatever breaks around it, every call ends once, with its answer or a right error', async () => {
  const { code, stdout, stderr } = await run(
    process.execPath,
    [join(root, 'test', 'chaos', 'run.mjs'), '--short', '--seed', '1'],
    { env: { PATH: process.env['PATH'] ?? '' }, cwd: root, timeoutMs: 280_000 },
  )
  expect(code, `${stderr}\n${stdout}`).toBe(0)
  expect(stdout).toContain('KEPT: ')
}, 300_000)

test('a wrong option is refused before anything starts', async () => {
  const { code, stderr } = await run(
    process.execPath,
    [join(root, 'test', 'chaos', 'run.mjs'), '--set', 'nine'],
    { env: { PATH: process.env['PATH'] ?? '' }, cwd: root },
  )
  expect(code).toBe(2)
  expect(stderr).toContain('--set must be one of one, workers, replicas, all; not nine')
})
