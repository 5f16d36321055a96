import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { loadConfig } from './load.ts'
import type { LoadedConfig, LoadOptions } from './load.ts'
import { ConfigError } from './problem.ts'

/** Editors write a file in several steps. */
const SETTLE_MS = 200

export interface WatchOptions extends LoadOptions {
  readonly clock: Clock
  /** The files of the configuration that is in force. */
  readonly files: readonly string[]
  /** A good change; the old configuration holds until this is called. */
  readonly onChange: (loaded: LoadedConfig) => void
  /** A bad one: nothing changed. */
  readonly onError: (error: ConfigError) => void
}

export interface ConfigWatch {
  /** Reads at once, as SIGHUP asks for. Resolves when the change is in force or was reported. */
  reload(): Promise<void>
  close(): void
}

/** Follows the configuration's files. Folders are watched, since editors and Kubernetes replace files instead of writing them. */
export function watchConfig(options: WatchOptions): ConfigWatch {
  const watchers = new Map<string, FSWatcher>()
  let names = new Set<string>()
  let cancel: (() => void) | undefined
  let reading: Promise<void> | undefined
  let again = false
  let closed = false

  const soon = (): void => {
    cancel?.()
    cancel = options.clock.setTimer(SETTLE_MS, () => void reload())
  }

  const follow = (files: readonly string[]): void => {
    names = new Set(files.map((file) => basename(file)))
    const folders = new Set(files.map((file) => dirname(file)))
    for (const [folder, watcher] of watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      watchers.delete(folder)
    }
    for (const folder of folders) if (!watchers.has(folder)) open(folder)
  }

  const open = (folder: string): void => {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        // Kubernetes swaps a hidden link beside the files.
        if (name === null || names.has(name) || name.startsWith('..')) soon()
      })
      watcher.on('error', () => {
        watcher.close()
        watchers.delete(folder)
      })
      watchers.set(folder, watcher)
    } catch {
      // No watches left on this machine: SIGHUP still reloads.
    }
  }

  const read = async (): Promise<void> => {
    try {
      const loaded = await loadConfig(options)
      if (closed) return
      follow(loaded.files)
      options.onChange(loaded)
    } catch (error) {
      if (closed) return
      options.onError(error instanceof ConfigError ? error : new ConfigError([unexpected(error)]))
    }
  }

  const readUntilQuiet = async (): Promise<void> => {
    for (;;) {
      again = false
      await read()
      if (!again) return
    }
  }

  const reload = async (): Promise<void> => {
    cancel?.()
    if (reading) {
      again = true
      return reading
    }
    reading = readUntilQuiet()
    await reading
    reading = undefined
  }

  follow(options.files)
  return {
    reload,
    close() {
      closed = true
      cancel?.()
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}

function unexpected(error: unknown): { message: string } {
  return { message: error instanceof Error ? error.message : 'cannot be read' }
}
