import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../support/require.ts'
import { fencesOf, indentedCommands, missingLines, type Fence } from './fences.ts'
import { openPage, type PageSession } from './page-session.ts'
import { commandsOf, whyNot } from './unmarked.ts'

/**
 * The snippets of every page, run as a reader would, one after the other in one folder and one shell. What stands behind the
 * language of a fence says how: `run`; `server` starts it and goes on; `skip="why"`; `output` is what the fence before it
 * prints. On a page without any such mark all is run but what `unmarked.ts` names with a reason.
 */
const RUNNABLE = new Set(['sh', 'bash', 'ts', 'js', 'python', 'yaml'])
const CONFIGURATION = /^(?:model_list|\w+_settings|jetway):/m

/** What fences that import nothing take as given. */
const PRELUDES: Readonly<Record<string, string>> = {
  'docs/clients.md': `import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
`,
  'docs/emulator.md': `import { createEmulator } from 'jetway/emulator'
const { control, url, close } = await createEmulator()
setImmediate(() => close())
const token = control.tokens.issue().value
const [appId, installationId] = ['12345', '678']
const { publicKey } = (await import('node:crypto')).generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
`,
}

/** The README keeps its commands in indented blocks, for those who read it in a terminal. */
const README_COMMANDS: Readonly<Record<string, 'run' | 'server' | { readonly skip: string }>> = {
  'npm ci && npm start -- --demo': { skip: 'installs this folder anew; its second half is below' },
  'npm ci && npm test': { skip: 'would run this test within itself' },
  'npx jetway login': 'run',
  'npx jetway': 'server',
}

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].sort()

for (const page of pages) {
  const markdown = readFileSync(join(root, page), 'utf8')
  const fences = fencesOf(page, markdown)
  const marked = fences.some(({ mark }) => mark !== '')
  const steps = [
    ...(page === 'README.md' ? readmeSteps(markdown) : []),
    ...fences
      .filter(({ language }) => RUNNABLE.has(language))
      .flatMap((fence) => (marked ? [fence] : unmarkedSteps(fence))),
  ].filter(({ mark }) => mark !== 'skip')
  if (steps.length === 0) continue

  describe(page, () => {
    let session: PageSession
    beforeAll(async () => {
      session = await openPage({ prelude: PRELUDES[page] ?? '', signedIn: !marked })
    })
    afterAll(() => session.close())

    for (const fence of steps) {
      const { mark } = fence
      test(`line ${fence.line}: ${fence.text.split('\n')[0]}`, async () => {
        expect(['run', 'server'], 'say run, server or skip="why" after sh').toContain(mark)
        const ran = await session.perform(fence)
        expect(ran.code, `${ran.stdout}\n${ran.stderr}`).toBe(0)
        const output = outputOf(fence, fences)
        if (output) expect(missingLines(output.text, ran.stdout)).toEqual([])
      })
    }
  })
}

function readmeSteps(markdown: string): readonly Fence[] {
  return indentedCommands(markdown).map(({ line, text }) => {
    const how = text.startsWith('curl ') ? 'run' : README_COMMANDS[text]
    if (how === undefined) throw new Error(`README.md:${line}: say how '${text}' is tested`)
    const skip = typeof how === 'string' ? undefined : how.skip
    const mark = typeof how === 'string' ? how : 'skip'
    return { page: 'README.md', line, language: 'sh', mark, skip, text }
  })
}

/** Shell command by command; configurations only where they are the gateway's, Python only with a mark. */
function unmarkedSteps(fence: Fence): readonly Fence[] {
  const { language, text } = fence
  if (language === 'ts') return [{ ...fence, mark: 'run' }]
  if (language === 'yaml' && CONFIGURATION.test(text)) return [{ ...fence, mark: 'run' }]
  if (language !== 'sh') return []
  const { page, line } = fence
  return commandsOf(text)
    .filter((command) => whyNot(command) === undefined)
    .map((command) => {
      const mark = command === 'jetway start --demo' ? 'server' : 'run'
      return { page, line, language, mark, skip: undefined, text: command }
    })
}

function outputOf(fence: Fence, fences: readonly Fence[]): Fence | undefined {
  const next = fences[fences.indexOf(fence) + 1]
  return next?.mark === 'output' ? next : undefined
}
