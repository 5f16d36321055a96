import { spawn } from 'node:child_process'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createSealKey } from '../../policy/seats/seal.ts'
import { findKeyFile } from './seal-key-file.ts'

type Environment = Readonly<Record<string, string | undefined>>

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
  /** @default the machine's */
  readonly platform?: NodeJS.Platform | undefined
}): Promise<string | undefined> {
  const { environment, dataFolder, shared, platform = process.platform } = options
  const given = environment['JETWAY_SEAL_KEY']?.trim()
  if (given === KEYCHAIN) {
    const keychain = platform === 'darwin' ? macKeychain(environment) : secretService(environment)
    return (await keychain.find()) ?? onlyOne(dataFolder, () => makeIn(keychain))
  }
  if (given !== undefined && given !== '') return given
  return shared ? undefined : findKeyFile(dataFolder)
}

/** macOS' and the Linux desktops' own commands; what is secret goes over stdin, since arguments can be seen by others. */
interface Keychain {
  readonly command: string
  /** `undefined` only where there is surely none: making another would leave what the first has sealed unreadable. */
  find(): Promise<string | undefined>
  keep(key: string): Promise<void>
}

/** `security` says 44, errSecItemNotFound, where there is no such item, and others where the keychain is locked or forbidden. */
const NO_SUCH_ITEM = 44

function macKeychain(environment: Environment): Keychain {
  const command = 'security'
  return {
    command,
    async find() {
      const words = ['find-generic-password', '-s', SERVICE, '-a', ACCOUNT, '-w']
      const { code, printed } = await run(command, words, environment)
      if (code === 0 && printed !== '') return printed
      if (code === NO_SUCH_ITEM) return undefined
      throw cannot(command, 'read')
    },
    async keep(key) {
      // Without `-U` it is an error when another process was faster: then that one's is found.
      const line = `add-generic-password -s ${SERVICE} -a ${ACCOUNT} -w "${key}"\n`
      await run(command, ['-i'], environment, line)
    },
  }
}

/** The Secret Service of GNOME, KDE and others: https://specifications.freedesktop.org/secret-service/ */
function secretService(environment: Environment): Keychain {
  const command = 'secret-tool'
  const names = ['service', SERVICE, 'account', ACCOUNT]
  return {
    command,
    async find() {
      const { code, printed, complained } = await run(command, ['lookup', ...names], environment)
      if (code === 0 && printed !== '') return printed
      // Where there is none it ends with 1 and says nothing; where it is locked or away it says so.
      if (code === 1 && !complained) return undefined
      throw cannot(command, 'read')
    },
    async keep(key) {
      await run(command, ['store', '--label=Jetway', ...names], environment, key)
    },
  }
}

async function makeIn(keychain: Keychain): Promise<string> {
  const found = await keychain.find()
  if (found !== undefined) return found
  await keychain.keep(createSealKey())
  // What is there counts: another process may have been faster.
  const there = await keychain.find()
  if (there !== undefined) return there
  throw cannot(keychain.command, 'keep')
}

function cannot(command: string, what: 'read' | 'keep'): Error {
  return new Error(
    `JETWAY_SEAL_KEY=keychain: ${command} cannot ${what} a key here; unlock the keychain, or set JETWAY_SEAL_KEY to a key made with: openssl rand -base64 32`,
  )
}

const LOCK_WAIT_MS = 50
const LOCK_TRIES = 100

/** Workers start together: the keychain would take a key from each, and the last would stay. */
async function onlyOne<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, 'keychain.lock')
  let mine = false
  for (let tried = 0; tried < LOCK_TRIES && !mine; tried++) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const file = await open(path, 'wx', 0o600)
      await file.close()
      mine = true
    } catch (error) {
      // A folder that cannot be written has no workers that share it.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') break
      await new Promise((resolve) => setTimeout(resolve, LOCK_WAIT_MS))
    }
  }
  try {
    return await work()
  } finally {
    // Also one that a dead process left: everyone who waits has waited long enough.
    await rm(path, { force: true })
  }
}

interface Ran {
  /** `null` where the command is not there. */
  readonly code: number | null
  readonly printed: string
  readonly complained: boolean
}

function run(
  command: string,
  args: readonly string[],
  environment: Environment,
  input = '',
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: { ...environment }, stdio: 'pipe' })
    let printed = ''
    let complained = false
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    child.stderr.on('data', () => (complained = true))
    child.stdin.on('error', () => {})
    child.once('error', () => {
      resolve({ code: null, printed: '', complained: true })
    })
    child.once('close', (code) => {
      resolve({ code, printed: printed.trim(), complained })
    })
    child.stdin.end(input)
  })
}
