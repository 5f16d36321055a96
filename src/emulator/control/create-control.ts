import { accountFromInput } from '../accounts/account.ts'
import type { AccountInput } from '../accounts/account.ts'
import type { DeviceCode } from '../device/device-codes.ts'
import { exchangeBody } from '../github/exchange.ts'
import type { Settings } from '../options.ts'
import type { World } from '../world.ts'
import type { Control } from './control.ts'

export function createControl(world: World): Control {
  const { accounts, apps, githubTokens, copilotTokens, clock, devices, faults, quirks, catalogue } =
    world

  const device = (userCode: string, state: DeviceCode['state'], login?: string): DeviceCode => {
    const code = devices.byUserCode(userCode)
    if (!code) throw new TypeError(`device code '${userCode}' does not exist`)
    if (login !== undefined) code.login = accounts.require(login).login
    code.state = state
    return code
  }

  return {
    accounts: {
      put: (input) => accounts.put(input),
      update: (input) => updateAccount(world, input),
      get: ({ login }) => accounts.require(login),
      list: () => accounts.list(),
      remove: ({ login }) => accounts.remove(login),
    },
    tokens: {
      issue: (input = {}) => githubTokens.issue(accounts.require(input.login).login, input),
      revoke({ token, login }) {
        if (token !== undefined) return githubTokens.revoke(token) ? 1 : 0
        if (login === undefined) throw new TypeError('tokens.revoke needs a token or a login')
        return githubTokens.revokeAll(login)
      },
      list: () => githubTokens.list(),
      exchange: (input = {}) => exchangeBody(world, accounts.require(input.login)),
      expireAll: () => {
        copilotTokens.expireAll()
      },
    },
    apps: {
      put: (input) => apps.put(accounts.require(input.login).login, input),
      list: () => apps.list(),
    },
    clock: {
      shift({ seconds }) {
        clock.shift(seconds)
        return clock.offsetSeconds()
      },
      read: () => ({ now: clock.now(), offsetSeconds: clock.offsetSeconds() }),
    },
    device: {
      list: () => devices.list(),
      approve: ({ userCode, login }) => device(userCode, 'approved', login),
      deny: ({ userCode }) => device(userCode, 'denied'),
      expire: ({ userCode }) => device(userCode, 'expired'),
    },
    faults: {
      add: (fault) => faults.add(fault),
      list: () => faults.list(),
      remove: ({ id }) => faults.remove(id),
      clear: () => {
        faults.clear()
      },
    },
    quirks: {
      set(change) {
        quirks.set(change)
        return quirks.of(catalogue.find(change.model))
      },
      of: ({ model }) => quirks.of(catalogue.find(model)),
      clear: () => {
        quirks.reset()
      },
    },
    models: {
      list: () => catalogue.list().map((model) => model.entry),
      put({ entry, like }) {
        const pattern = catalogue.find(like)
        if (!pattern) throw new TypeError(`model '${like}' does not exist`)
        catalogue.put({ entry, traits: { ...pattern.traits, answersAs: entry.version } })
        return entry
      },
      remove({ id }) {
        catalogue.remove(id)
      },
    },
    requests: {
      list: (filter) => world.requests.list(filter),
      waitFor: ({ filter = {}, count = 1, timeoutMs = 5000 }) =>
        world.requests.waitFor(filter, count, timeoutMs),
      clear: () => {
        world.requests.clear()
      },
    },
    settings: {
      set(change) {
        for (const name of Object.keys(change)) {
          if (!Object.hasOwn(world.settings, name)) {
            const known = Object.keys(world.settings).join(', ')
            throw new TypeError(`setting '${name}' is not known; the settings are ${known}`)
          }
        }
        return Object.assign<Settings, Partial<Settings>>(world.settings, change)
      },
      get: () => world.settings,
    },
    counters: {
      read: () => ({ ...world.counts, billed: world.ledger.totals() }),
    },
    state: {
      reset: () => {
        world.reset()
      },
    },
  }
}

function updateAccount(world: World, input: AccountInput): ReturnType<Control['accounts']['get']> {
  const account = world.accounts.require(input.login)
  const { quotas, policies, limits, login: _login, ...rest } = input
  const plan = input.plan ?? account.plan
  const fresh = accountFromInput({ ...input, plan }, account.quotaResetDate)
  if (input.plan !== undefined) {
    Object.assign(account, { plan: fresh.plan, sku: fresh.sku, host: fresh.host })
  }
  for (const name of Object.keys(rest) as (keyof typeof rest)[]) {
    if (name !== 'plan') Object.assign(account, { [name]: fresh[name] })
  }
  for (const name of Object.keys(quotas ?? {}) as (keyof typeof account.quotas)[]) {
    account.quotas[name] = fresh.quotas[name]
  }
  if (policies) Object.assign(account.policies, policies)
  if (limits) Object.assign(account.limits, fresh.limits)
  return account
}
