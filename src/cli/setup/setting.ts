import type { ClientTarget } from '../clients/client.ts'

/** One file of a client's own settings, and what becomes of it. */
export interface SettingFile {
  readonly path: string
  /** The whole new text; given the text there is, or `undefined` for a file that is not there. Throws what it cannot read. */
  readonly change: (text: string | undefined) => string
}

export interface SetupSpec {
  readonly client: string
  readonly files: (
    environment: Readonly<Record<string, string | undefined>>,
    target: ClientTarget & { readonly open: boolean },
  ) => readonly SettingFile[]
  /** What no file can hold. */
  readonly note?: (target: { readonly open: boolean }) => string | undefined
}
