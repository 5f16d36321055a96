import { DEFAULT_ANOMALY, DEFAULT_SETTINGS } from '../core/default-settings.ts'
import type { AnomalySettings, Settings } from '../core/settings.ts'
import { environmentSwitch } from './environment-switch.ts'
import { createChooser } from './choose.ts'
import type { Origin, Source } from './choose.ts'
import { deploymentsFrom, lowerCaseNames } from './deployments.ts'
import { gatewayFrom } from './gateway-settings.ts'
import { imagesFrom } from './image-settings.ts'
import { inMs } from './milliseconds.ts'
import { inFile, own, ownLimit } from './pick.ts'
import type { BuildContext, Pick, Place } from './pick.ts'
import { routerFrom } from './router-settings.ts'
import type { ConfigFile } from './schema.ts'
import { webSearchFrom } from './web-search-settings.ts'

export interface BuiltSettings {
  readonly settings: Settings
  readonly origins: readonly Origin[]
}

/** Pure: from the checked file, the flags and the environment to what the rooms work with. */
export function buildSettings(file: ConfigFile, context: BuildContext): BuiltSettings {
  const chooser = createChooser()
  const pick: Pick = (setting, places, fallback) =>
    chooser.choose(setting, places.map(sourceOf(context)), fallback)

  const settings: Settings = {
    deployments: deploymentsFrom(file.model_list ?? [], {
      warn: context.warn,
      fail: context.fail,
      at: (index, ...path) => context.at(['model_list', index, ...path]),
    }),
    router: routerFrom(file, pick, context),
    gateway: gatewayFrom(file, pick, context),
    images: imagesFrom(file, pick),
    ...webSearchFrom(file, pick),
    limits: limitsFrom(file, pick, context),
    copilot: {
      acceptPolicies: pick(
        'copilot.accept_policies',
        [
          ...own(file, 'accept_policies'),
          inFile(['general_settings', 'accept_policies'], file.general_settings?.accept_policies),
        ],
        DEFAULT_SETTINGS.copilot.acceptPolicies,
      ),
      identityHeaders: lowerCaseNames(
        pick('copilot.identity_headers', own(file, 'identity_headers'), {}),
      ),
    },
  }
  return { settings, origins: chooser.origins }
}

function sourceOf(context: BuildContext) {
  return <Value>(place: Source<Value> | Place<Value>): Source<Value> => {
    if ('name' in place) return place
    const position = place.value === undefined ? undefined : context.at(place.path)
    const name = position ? `${position.file}:${position.line}:${position.column}` : ''
    return { name, value: place.value }
  }
}

function limitsFrom(file: ConfigFile, pick: Pick, context: BuildContext): Settings['limits'] {
  const defaults = DEFAULT_SETTINGS.limits
  return {
    maxParallelPerSeat: pick(
      'limits.max_parallel_per_seat',
      ownLimit(file, 'max_parallel_per_seat'),
      defaults.maxParallelPerSeat,
    ),
    maxQueuedPerSeat: pick(
      'limits.max_queued_per_seat',
      ownLimit(file, 'max_queued_per_seat'),
      defaults.maxQueuedPerSeat,
    ),
    queueTimeoutMs: inMs(
      pick('limits.queue_timeout', ownLimit(file, 'queue_timeout'), defaults.queueTimeoutMs / 1000),
    ),
    minGapMs: inMs(pick('limits.min_gap', ownLimit(file, 'min_gap'), defaults.minGapMs / 1000)),
    anomaly: anomalyFrom(file, pick, context),
  }
}

function anomalyFrom(file: ConfigFile, pick: Pick, context: BuildContext): AnomalySettings {
  const defaults = DEFAULT_ANOMALY
  return {
    enabled: pick(
      'limits.anomaly_stop',
      [...environmentSwitch(context, 'JETWAY_ANOMALY_STOP'), ...ownLimit(file, 'anomaly_stop')],
      defaults.enabled,
    ),
    creditsPerHour: pick(
      'limits.anomaly_credits_per_hour',
      ownLimit(file, 'anomaly_credits_per_hour'),
      defaults.creditsPerHour,
    ),
    timesUsual: pick(
      'limits.anomaly_times_usual',
      ownLimit(file, 'anomaly_times_usual'),
      defaults.timesUsual,
    ),
    identicalRequests: pick(
      'limits.anomaly_identical_requests',
      ownLimit(file, 'anomaly_identical_requests'),
      defaults.identicalRequests,
    ),
    abuseSignals: pick(
      'limits.anomaly_abuse_signals',
      ownLimit(file, 'anomaly_abuse_signals'),
      defaults.abuseSignals,
    ),
  }
}
