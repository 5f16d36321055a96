import { whenKnown, type Awaitable } from '../core/awaitable.ts'
import type { SeatId } from '../core/call.ts'
import { OWN_SEAT } from '../core/call.ts'
import type { CancelSignal } from '../core/cancel-signal.ts'
import { AuthenticationError, PermissionDeniedError } from '../core/errors.ts'
import type { Model } from '../core/model.ts'
import type { Access, Mend, Place, Refusal, Failure } from '../core/upstream.ts'
import type { Catalogue } from './catalogue/catalogue.ts'
import { createCatalogue } from './catalogue/catalogue.ts'
import type { ControlPlane } from './catalogue/control.ts'
import { acceptPolicy, fetchModels } from './catalogue/control.ts'
import type { FlowContext } from './device/flow.ts'
import { pollDeviceFlow, pollOnce, startDeviceFlow } from './device/flow.ts'
import { createSignIn } from './device/sign-in.ts'
import { configurationError } from './environment.ts'
import { readCopilotFailure } from './failure/read-failure.ts'
import { tokenLocations } from './files/locations.ts'
import { configuredHosts } from './github/hosts.ts'
import type { ApiBase } from './github/origin.ts'
import { checkOperatorBase } from './github/origin.ts'
import { createHeaderBlocks } from './identity/header-blocks.ts'
import { configuredIdentity } from './identity/profiles.ts'
import type { CopilotOptions } from './options.ts'
import { tokenKind } from './credentials/token-kind.ts'
import type { CopilotUpstream } from './copilot-upstream.ts'
import { createLessons } from './request/lessons.ts'
import { lowestLeft } from './quota/lowest-left.ts'
import { prepareCall } from './request/prepare.ts'
import { createSeat } from './seat.ts'
import type { Seat, SeatContext } from './seat.ts'
import { createSeats } from './seats.ts'
import { readAccountOf, readQuotaOf, readStatusOf } from './seat-reports.ts'
import { createFileShare } from './token/file-share.ts'
import { createModelMemory } from './catalogue/model-memory.ts'

const PROVIDER = 'github_copilot'

/** Throws when a setting cannot work; asks nobody and starts nothing. */
export function createCopilot(options: CopilotOptions): CopilotUpstream {
  const { http, clock, random, environment } = options
  const log = options.log ?? (() => undefined)
  const hosts = configuredHosts(environment)
  const locations = tokenLocations(environment)
  const blocks = createHeaderBlocks(
    configuredIdentity(environment, options.settings.identityHeaders),
  )
  const lessons = createLessons(clock)
  const memory = createModelMemory(lessons)
  let { acceptPolicies } = options.settings
  let generation = 0
  let hint: (seat: SeatId) => string | undefined = () => undefined

  const flow: FlowContext = {
    http,
    clock,
    hosts: hosts.hostsFor(hosts.host),
    headers: blocks.forGitHub(),
  }
  const flowAt = (host = hosts.host): FlowContext => ({
    ...flow,
    hosts: hosts.hostsFor(host),
    headers: blocks.forGitHub(),
  })
  const signIn = createSignIn({
    context: () => ({ ...flow, headers: blocks.forGitHub() }),
    host: hosts.host,
    locations,
    log,
    onChange: () => {
      forget(OWN_SEAT)
    },
  })
  let warnedOfFolder = false
  const fileShare = createFileShare({
    locations,
    clock,
    random,
    onTrouble: (error) => {
      if (warnedOfFolder) return
      warnedOfFolder = true
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      log('warn', 'the Copilot token cannot be stored and is kept in memory', {
        folder: locations.folder,
        reason,
      })
    },
  })
  const context: SeatContext = {
    options,
    hosts,
    locations,
    fileShare,
    blocks,
    signIn,
    log,
    nextGeneration: () => (generation += 1),
    notSignedIn,
  }
  const seats = createSeats((seat, apiKey) => createSeat(context, seat, apiKey))
  const bases = new Map<string, ApiBase>()
  const consents = new Map<string, Promise<void>>()

  function notSignedIn(seat: SeatId): AuthenticationError {
    const pending = seat === OWN_SEAT ? signIn.pending : undefined
    const how = pending
      ? `Please visit ${pending.verificationUri} and enter code ${pending.userCode} to authenticate.`
      : (hint(seat) ??
        'Run `jetway login`, or set COPILOT_OAUTH_TOKEN to a GitHub token or COPILOT_API_KEY to a Copilot API token.')
    return new AuthenticationError(`Not signed in to GitHub Copilot. ${how}`, {
      llm_provider: PROVIDER,
      code: 'not_signed_in',
    })
  }

  function explicitBase({ apiBase }: Place): ApiBase | undefined {
    if (apiBase === undefined) return undefined
    const known = bases.get(apiBase)
    if (known) return known
    const checked = checkOperatorBase(apiBase)
    if (!checked.ok) throw configurationError(`api_base cannot be used: ${checked.reason}.`)
    if (bases.size >= 1_000) bases.clear()
    bases.set(apiBase, checked.base)
    return checked.base
  }

  function access(at: Place, signal: CancelSignal): Awaitable<Access> {
    const explicit = explicitBase(at)
    if (explicit && at.apiKey !== undefined && tokenKind(at.apiKey) === 'other') {
      return foreignAccess(explicit, at.apiKey)
    }
    const seat = seats.get(at.seat, at.apiKey)
    return whenKnown(seat.keeper.hold(signal), (held) => seat.access(held, explicit))
  }

  function catalogueOf(at: Place): Catalogue {
    const seat = seats.get(at.seat, at.apiKey)
    const key = at.apiBase ?? ''
    const known = seat.catalogues.get(key)
    if (known) return known
    const catalogue = createCatalogue({
      clock,
      fetch: async () => memory.keep(await fetchModels(planeOf(at))),
      onTrouble: (error) => {
        log('warn', 'the list of models could not be renewed; the old one is used', {
          code: error.code,
          reason: error.message,
        })
      },
    })
    if (seat.catalogues.size >= 100) seat.catalogues.clear()
    seat.catalogues.set(key, catalogue)
    return catalogue
  }

  const planeOf = (at: Place): ControlPlane => ({
    http,
    blocks,
    readFailure,
    access: async (signal) => access(at, signal),
    mend: (mend, used, signal) => mendCall(mend, at, used, signal),
  })

  function readFailure(refusal: Refusal): Failure {
    return readCopilotFailure(refusal, {
      nowMs: clock.now(),
      acceptPolicies,
      openPolicy: (model) => memory.openPolicy(model),
      hasOtherWire: (model, wire) => memory.hasOtherWire(model, wire),
    })
  }

  async function mendCall(
    mend: Mend,
    at: Place,
    used: Access,
    signal: CancelSignal,
  ): Promise<void> {
    const { keeper } = seats.get(at.seat, at.apiKey)
    switch (mend.kind) {
      case 'renew-credential':
        if (used.credential === 'key') throw keyRefused()
        await keeper.renew(used.generation, 'refused', signal)
        return
      case 'resolve-host':
        if (at.apiBase !== undefined || flow.hosts.explicitApi) throw hostIsExplicit()
        await keeper.renew(used.generation, 'misdirected', signal)
        catalogueOf(at).expire()
        return
      case 'newer-api-version':
        if (blocks.takeNewerVersion()) {
          log('info', 'GitHub Copilot refused the API version; a newer one is used from now on')
        }
        return
      case 'accept-policy':
        await consent(mend.model, at)
        return
      case 'other-wire':
      case 'drop-parameter':
      case 'rename-parameter':
        lessons.learn(mend)
        return
      case 'drop-item-ids':
      case 'heal-request':
        return
    }
  }

  /** Calls that wait for the same consent wait for one. */
  function consent(model: string, at: Place): Promise<void> {
    const key = `${at.seat} ${model}`
    const running = consents.get(key)
    if (running) return running
    const accepted = acceptPolicy(planeOf(at), model).then(() => {
      catalogueOf(at).expire()
      memory.accepted(model)
    })
    consents.set(key, accepted)
    const land = (): void => {
      consents.delete(key)
    }
    accepted.then(land, land)
    return accepted
  }

  function forget(seat: SeatId): void {
    for (const known of seats.all(seat)) {
      known.keeper.forget()
      known.catalogues.clear()
    }
  }

  const seatOf = (id: SeatId): Seat => seats.get(id, undefined)
  const report = { clock, http, hosts, blocks }

  return {
    provider: PROVIDER,
    findModel: (id, at, signal) =>
      whenKnown(catalogueOf(at).find(id, signal), (model) => model && lessons.apply(model)),
    async listModels(at, signal): Promise<readonly Model[]> {
      return (await catalogueOf(at).list(signal)).map((model) => lessons.apply(model))
    },
    access,
    prepare: (draft) => prepareCall(draft, blocks, lessons),
    readFailure,
    mend: mendCall,
    observe(at, headers) {
      seats.get(at.seat, at.apiKey).quotaSeen.observe(headers, clock.now())
    },
    quota: (seat, signal) => readQuotaOf(seatOf(seat), report, signal),
    quotaLeft: () => lowestLeft(seats.all().map(({ quotaSeen }) => quotaSeen.said())),
    account: (seat, signal) => readAccountOf(seatOf(seat), report, signal),
    async status(seat, signal, { offline = false } = {}) {
      const pending = seat === OWN_SEAT ? signIn.pending : undefined
      return readStatusOf(seatOf(seat), report, signal, { offline, pending })
    },
    acceptPolicy: (model, at) => consent(model, at),
    signIn: (signInOptions) => signIn.run(signInOptions),
    signOut: () => signIn.signOut(),
    pendingSignIn: () => signIn.pending,
    deviceFlow: {
      host: hosts.host,
      start: (signal, host) => startDeviceFlow(flowAt(host), signal),
      poll: (code, signal, host) => pollDeviceFlow(flowAt(host), code, signal),
      pollOnce: (code, signal, host) => pollOnce(flowAt(host), code, signal),
    },
    setNotSignedInHint(changed) {
      hint = changed
    },
    forget,
    configure(settings) {
      ;({ acceptPolicies } = settings)
      blocks.configure(configuredIdentity(environment, settings.identityHeaders))
    },
    close() {
      for (const seat of seats.all()) seat.keeper.forget()
    },
  }
}

/** A bearer that is none of GitHub's goes, as it is, to the base that was named together with it. */
function foreignAccess(base: ApiBase, apiKey: string): Access {
  return {
    origin: base.origin,
    basePath: base.basePath,
    authorization: { authorization: `Bearer ${apiKey}` },
    credential: 'key',
    generation: 0,
  }
}

function keyRefused(): AuthenticationError {
  return new AuthenticationError('The api_key is refused by the server at api_base.', {
    llm_provider: PROVIDER,
    code: 'api_key_refused',
  })
}

function hostIsExplicit(): PermissionDeniedError {
  return new PermissionDeniedError(
    "The configured API base (GITHUB_COPILOT_API_BASE or api_base) does not serve the account's plan. Unset it: the right host comes with the token.",
    { llm_provider: PROVIDER, code: 'misdirected_request' },
  )
}
