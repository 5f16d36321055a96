import { spawn } from 'node:child_process'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSealKey } from '../../policy/seats/seal.ts'

type Environment = Readonly<Record<string, string | undefined>>

const FILE = 'seal.key'
const KEYCHAIN = 'keychain'
const SERVICE = 'jetway'
const ACCOUNT = 'seal-key'

/**
 * The keys that GitHub tokens are sealed with, from the first of: `JETWAY_SEAL_KEY` (several separated by commas, the first
 * seals); the system's keychain, when that says `keychain`; a file in the data folder, made when it is needed.
 *
 * The file protects copies of the database, not the machine it lies on. Replicas that share a database need the same key,
 * which a file of one of them is not: with `shared` it is left alone, and `undefined` says that there is no key.
 */
export async function findSealKeys(options: {
  readonly environment: Environment
  readonly dataFolder: string
  readonly shared: boolean
}): Promise<string | undefined> {
  const { environment, dataFolder, shared } = options
  const given = environment['JETWAY_SEAL_KEY']?.trim()
  if (given === KEYCHAIN) return fromKeychain()
  if (given !== undefined && given !== '') return given
  return shared ? undefined : fromFile(dataFolder)
}

async function fromFile(folder: string): Promise<string | undefined> {
  const path = join(folder, FILE)
  const found = await readFile(path, 'utf8').catch(() => undefined)
  if (found !== undefined) return found.trim()
  const made = createSealKey()
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(`${made}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    return made
  } catch (error) {
    // Another process was faster; or the folder cannot be written, and then nothing can be kept anyway.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return undefined
    return (await readFile(path, 'utf8')).trim()
  }
}

/** macOS' and the Linux desktops' own commands; what is secret goes over stdin, since arguments can be seen by others. */
async function fromKeychain(): Promise<string> {
  const mac = process.platform === 'darwin'
  const found = mac
    ? await run('security', ['find-generic-password', '-s', SERVICE, '-a', ACCOUNT, '-w'])
    : await run('secret-tool', ['lookup', 'service', SERVICE, 'account', ACCOUNT])
  if (found !== undefined && found !== '') return found
  const made = createSealKey()
  const kept = mac
    ? await run(
        'security',
        ['-i'],
        `add-generic-password -s ${SERVICE} -a ${ACCOUNT} -w "${made}"\n`,
      )
    : await run(
        'secret-tool',
        ['store', '--label=Jetway', 'service', SERVICE, 'account', ACCOUNT],
        made,
      )
  if (kept !== undefined) return made
  throw new Error(
    `JETWAY_SEAL_KEY=keychain: ${mac ? 'security' : 'secret-tool'} cannot keep a key here; set JETWAY_SEAL_KEY to one made with: openssl rand -base64 32`,
  )
}

/** What the command printed; `undefined` when it is not there or failed. */
function run(command: string, args: readonly string[], input = ''): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] })
    let printed = ''
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    child.stdin.on('error', () => {})
    child.once('error', () => {
      resolve(undefined)
    })
    child.once('close', (code) => {
      resolve(code === 0 ? printed.trim() : undefined)
    })
    child.stdin.end(input)
  })
}
