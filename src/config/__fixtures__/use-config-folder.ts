import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { ConfigError, formatProblem, loadConfig } from '../index.ts'
import type { LoadedConfig, LoadOptions } from '../index.ts'

/** A folder for each test of a file, and what reads a configuration that lies in it. */
export function useConfigFolder() {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jetway-config-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  async function load(text: string, options: Partial<LoadOptions> = {}): Promise<LoadedConfig> {
    const file = join(folder, 'config.yaml')
    await writeFile(file, text)
    return loadConfig({ file, environment: {}, ...options })
  }

  async function problems(text: string, options: Partial<LoadOptions> = {}): Promise<string[]> {
    try {
      await load(text, options)
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.map((p) => shown(formatProblem(p)))
      throw error
    }
    throw new Error('the configuration was taken')
  }

  async function warnings(text: string, options: Partial<LoadOptions> = {}): Promise<string[]> {
    const { warnings } = await load(text, options)
    return warnings.map((warning) => shown(formatProblem(warning)))
  }

  function shown(text: string): string {
    return text.replaceAll(`${folder}/`, '')
  }

  return { load, problems, warnings, shown, currentFolder: () => folder }
}
