import { DEFAULT_SETTINGS } from '../core/default-settings.ts'
import type { Settings } from '../core/settings.ts'

/** A library has no configuration file: every model of the catalogue, and each call brings what it wants otherwise. */
export const SDK_SETTINGS: Settings = DEFAULT_SETTINGS
