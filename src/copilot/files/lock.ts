import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import { wait } from '../../core/clock.ts'
import { asNumber, asObject, asString, tryParseJson } from '../../core/json.ts'
import type { Random } from '../../core/random.ts'
import { codeOf } from './private-file.ts'

export interface LockOptions {
  readonly clock: Clock
  readonly random: Random
  /** After this long the work is done without the lock: twice is better than never. @default 20000 */
  readonly waitMs?: number | undefined
  /** A lock older than this was left by a process that died on another machine. @default 60000 */
  readonly staleMs?: number | undefined
}

const POLL_MS = 40

/**
 * Runs `work` while no other process of this user does, by a file that can be made only once. A holder that died is noticed
 * by its process id. Where no file can be made (a read-only folder) the work is done without: the lock saves an exchange, it
 * does not guard correctness.
 */
export async function withFileLock<T>(
  path: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const ours = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() })
  const held = await acquire(path, ours, options)
  try {
    return await work()
  } finally {
    if (held) await release(path, ours)
  }
}

async function acquire(path: string, ours: string, options: LockOptions): Promise<boolean> {
  const { clock, random } = options
  const until = clock.monotonic() + (options.waitMs ?? 20_000)
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    for (;;) {
      if (await create(path, ours)) return true
      if (await removeIfStale(path, options)) continue
      if (clock.monotonic() >= until) return false
      await wait(clock, POLL_MS * (0.5 + random()))
    }
  } catch {
    return false
  }
}

async function create(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(text)
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function release(path: string, ours: string): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => undefined)
  if (current === ours) await unlink(path).catch(() => undefined)
}

async function removeIfStale(path: string, options: LockOptions): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return true
  const modifiedMs = await stat(path).then(
    (found) => found.mtimeMs,
    () => undefined,
  )
  if (modifiedMs === undefined) return true
  const ageMs = options.clock.now() - modifiedMs
  if (ageMs <= (options.staleMs ?? 60_000) && !isDead(text, ageMs)) return false
  // Between reading and removing, another process may have taken its place: move it aside, look at it, and put back a live one.
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return true
  }
  const moved = await readFile(aside, 'utf8').catch(() => text)
  if (moved !== text) await link(aside, path).catch(() => undefined)
  await unlink(aside).catch(() => undefined)
  return true
}

/** An empty file is a lock whose maker has not written its name yet, unless it never will. */
function isDead(text: string, ageMs: number): boolean {
  const holder = asObject(tryParseJson(text))
  const pid = asNumber(holder?.['pid'])
  if (pid === undefined) return ageMs > 2_000
  if (asString(holder?.['host']) !== hostname()) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}
