/** What a client is pointed at. */
export interface ClientTarget {
  /** The gateway's origin, without `/v1`. */
  readonly url: string
  readonly key: string
  /** Chosen by the person; else the client's rows choose from `models`. */
  readonly model: string | undefined
  /** Every name the gateway serves. */
  readonly models: readonly string[]
  /** Private to this client: its `files` stand here. */
  readonly folder: string
}

/** One client as data: how to start it against a gateway while its own configuration stays as it is. */
export interface ClientSpec {
  readonly name: string
  readonly aliases: readonly string[]
  readonly title: string
  /** Absent: a library, which only has variables. */
  readonly command?: string
  readonly install?: string
  readonly environment: (target: ClientTarget) => Readonly<Record<string, string>>
  /** What it is told on its command line, before the person's own words. */
  readonly words?: (target: ClientTarget) => readonly string[]
  /** By path below the folder, the content of files that `environment` or `words` name. */
  readonly files?: (target: ClientTarget) => Readonly<Record<string, string>>
  /** The folder is its home, and lasts: nothing in it is of one start only. */
  readonly keepsFolder?: boolean
  /** Variables that would lead it elsewhere. */
  readonly without: readonly string[]
}
