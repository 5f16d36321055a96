import type { Settings } from '../core/settings.ts'
import { inFile } from './pick.ts'
import type { Pick } from './pick.ts'
import type { ConfigFile } from './schema.ts'

export function webSearchFrom(
  file: ConfigFile,
  pick: Pick,
): { readonly webSearch?: Settings['webSearch'] } {
  const model = pick<string | undefined>(
    'web_search.model',
    [
      inFile(['jetway', 'web_search', 'model'], file.jetway?.web_search?.model),
      inFile(['jetway_settings', 'web_search', 'model'], file.jetway_settings?.web_search?.model),
    ],
    undefined,
  )
  return model === undefined ? {} : { webSearch: { model } }
}
