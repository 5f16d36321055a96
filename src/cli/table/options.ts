import type { OptionSpec } from '../command.ts'

export const JSON_OPTION: OptionSpec = { name: 'json', summary: 'print one JSON object' }

export const CONFIG_OPTION: OptionSpec = {
  name: 'config',
  short: 'c',
  value: 'FILE',
  summary: "the gateway's configuration, where it names the database",
  completes: 'file',
}

export const PORT_OPTION: OptionSpec = {
  name: 'port',
  short: 'p',
  value: 'PORT',
  summary: 'port to listen on',
  fallback: '4000',
}

/** Where `-p` would be taken for a client's own. */
export const LONG_PORT: OptionSpec = {
  name: 'port',
  value: 'PORT',
  summary: "port of this machine's gateway",
  fallback: '4000',
}

/** Of commands that read the gateway's data. */
export const STORE_OPTIONS: readonly OptionSpec[] = [JSON_OPTION, CONFIG_OPTION]
