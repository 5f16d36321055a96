/**
 * The emulator in a process of its own. Beside its control endpoint it answers one more question, over IPC: which prompts
 * came in since it was last asked, and what became of each.
 */
import { pathToFileURL } from 'node:url'

const { createEmulator } = await import(pathToFileURL(process.argv[2]).href)
const emulator = await createEmulator({
  ...JSON.parse(process.argv[3] ?? '{}'),
  recordLimit: 60_000,
})
const MODEL_ROUTES = new Set(['chat', 'responses', 'messages', 'embeddings'])
const NONCE = /\bn[0-9a-z]+x\d+q\b/

process.on('message', (message) => {
  if (message === 'collect') {
    /** @type {[string, string, number][]} */
    const seen = []
    let open = 0
    for (const record of emulator.control.requests.list()) {
      if (!MODEL_ROUTES.has(record.route)) continue
      if (record.outcome === 'open') open++
      const nonce = NONCE.exec(JSON.stringify(record.body ?? ''))?.[0]
      if (nonce !== undefined) seen.push([nonce, record.outcome, record.status ?? 0])
    }
    if (open === 0) emulator.control.requests.clear()
    process.send?.({ open, seen: open === 0 ? seen : [] })
  }
})
process.on('disconnect', () => process.exit(0))
process.send?.({
  url: emulator.url,
  port: emulator.port,
  token: emulator.control.tokens.issue().value,
})
