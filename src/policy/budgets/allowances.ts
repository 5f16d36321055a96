import type { Clock } from '../../core/clock.ts'
import { Allowance, IDLE_MS } from './allowance.ts'
import type { Account, BudgetDemand, BudgetStore, HoldVerdict, Spending } from './budget-store.ts'

/** The budgets of a call: reserved before it is sent, settled when it is over. */
export interface Budgets {
  /** At once where enough is held already. Rejects when the store cannot be asked. */
  reserve(reservation: Reservation): BudgetVerdict | Promise<BudgetVerdict>
  settle(settlement: BudgetSettlement): void
  /** As the store and this process know it. */
  spending(accounts: readonly Account[]): Promise<readonly Spending[]>
  /** Posts what was spent and gives back what is held. */
  close(): Promise<void>
}

export interface Reservation {
  readonly demands: readonly BudgetDemand[]
  readonly nanoCredits: number
}

export interface BudgetVerdict {
  /** The first budget that does not have this much left. */
  readonly refusal?: HoldVerdict['refusal']
  /** With this call, in the order of the demands. */
  readonly spending: readonly Spending[]
}

export interface BudgetSettlement {
  readonly accounts: readonly Account[]
  /** What was reserved for the call; 0 when it went ahead without. */
  readonly reservedNanoCredits: number
  readonly nanoCredits: number
}

export interface AllowancesOptions {
  readonly store: BudgetStore
  /** Names this process among those that share the store. */
  readonly holder: string
  readonly clock: Clock
  /** Told once for each posting that failed; it is tried again. */
  readonly onFailure?: ((error: unknown) => void) | undefined
}

/** How far the store may be behind; what a crash leaves to be counted at its hold. Each is a transaction that calls wait behind. */
const POST_MS = 500
const RETRY_MS = 1_000
/** Holds outlive a crash by this. A suspended machine keeps its own: nobody else is there to expire them. */
const HOLD_MS = 300_000
const RENEW_MS = 60_000

/**
 * Budgets at the price of an addition: a process draws money for many calls from the store, and lets them have it one by one.
 *
 * A budget is never exceeded by this: what is drawn is held in the store, for all to see. It is drawn in portions that shrink
 * with what is left, down to a call's own estimate, so that no process sits on the last money. One store operation is under
 * way at a time; what comes meanwhile waits for the next.
 */
export function createAllowances(options: AllowancesOptions): Budgets {
  const { store, holder, clock, onFailure } = options
  const allowances = new Map<string, Allowance>()
  /** The accounts of a grant are the same values from call to call, and need no name to be found by. */
  const byAccount = new WeakMap<Account, Allowance>()
  let working: Promise<unknown> = Promise.resolve()
  let timer: { readonly at: number; readonly cancel: () => void } | undefined
  let renewedAt = 0
  let renewedWallMs = clock.now()
  let closed = false
  let drawingAhead = false

  const allowanceOf = (account: Account): Allowance => {
    const known = byAccount.get(account)
    if (known !== undefined && !known.forgotten) return known
    const allowance = allowanceNamed(account)
    byAccount.set(account, allowance)
    return allowance
  }

  const allowanceNamed = (account: Account): Allowance => {
    const key = `${account.scope}@${account.periodStartMs}`
    let allowance = allowances.get(key)
    if (allowance === undefined) {
      const { scope, periodStartMs } = account
      allowance = new Allowance({ scope, periodStartMs })
      allowances.set(key, allowance)
    }
    return allowance
  }

  const oneByOne = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = working.then(work)
    working = next.catch(() => {})
    return next
  }

  const reserveHere = ({ demands }: Reservation, amount: number): BudgetVerdict | undefined => {
    for (const demand of demands) {
      const allowance = allowanceOf(demand)
      if (allowance.shortBy(amount) > 0 || !allowance.fits(amount, demand.maxNanoCredits)) {
        return undefined
      }
    }
    const spending: Spending[] = []
    for (const demand of demands) {
      const allowance = allowanceOf(demand)
      allowance.reserve(amount)
      spending.push(allowance.spending())
    }
    return { spending }
  }

  const draw = async (reservation: Reservation, amount: number): Promise<BudgetVerdict> => {
    for (let draws = 0; ; draws++) {
      const here = reserveHere(reservation, amount)
      if (here) return here
      // Granted, and still not enough: what is held here is not what the store knows, since it expired there while this
      // process was suspended or cut off. The store is told before it is asked again.
      if (draws > 0) await postNow(true)
      const refusal = await drawOnce(reservation, amount)
      if (refusal) return refused(refusal)
    }
  }

  const drawOnce = async (
    { demands }: Reservation,
    amount: number,
  ): Promise<HoldVerdict['refusal']> => {
    const wanted = demands.map((demand) => ({ demand, held: allowanceOf(demand) }))
    const expiresAtMs = clock.now() + HOLD_MS
    if (amount > 0) for (const { held } of wanted) held.drawsAt(clock.monotonic())
    const { refusal, granted } = await store.hold({
      holder,
      demands: wanted.map(({ demand, held }) => ({
        ...demand,
        nanoCredits: held.shortBy(amount),
        headroom: (left) => held.headroomFor(amount, left),
      })),
      expiresAtMs,
    })
    if (refusal) {
      allowanceOf(refusal).seen(refusal, clock.monotonic())
      return refusal
    }
    for (const [index, { held }] of wanted.entries()) {
      const row = granted[index]
      if (row) held.granted(row, clock.monotonic())
    }
    postWithin(IDLE_MS)
    return undefined
  }

  /** Behind the call. What goes wrong is said to the call that needs the money. */
  const drawAhead = (reservation: Reservation, amount: number): void => {
    if (drawingAhead || closed) return
    const nowMs = clock.monotonic()
    const asks = (demand: BudgetDemand): boolean => allowanceOf(demand).asksAhead(nowMs)
    if (!reservation.demands.some(asks)) return
    drawingAhead = true
    const over = (): void => {
      drawingAhead = false
    }
    const asking = { ...reservation, demands: reservation.demands.filter(asks) }
    oneByOne(() => drawOnce(asking, amount)).then(over, over)
  }

  /** What is held here without a call that needs it is no reason to refuse, and none to be told. */
  const refused = (refusal: NonNullable<HoldVerdict['refusal']>): BudgetVerdict => {
    const { maxNanoCredits } = refusal
    return { refusal: { ...allowanceOf(refusal).spending(), maxNanoCredits }, spending: [] }
  }

  const postWithin = (delayMs: number): void => {
    if (closed) return
    const at = clock.monotonic() + delayMs
    if (timer) {
      if (timer.at <= at) return
      timer.cancel()
    }
    const cancel = clock.setTimer(delayMs, () => {
      timer = undefined
      post().catch(() => {})
    })
    timer = { at, cancel }
  }

  const post = (): Promise<void> =>
    oneByOne(() => {
      // Holds expire by the wall clock, which goes on while the machine sleeps, and jumps.
      const sinceMs = Math.max(clock.monotonic() - renewedAt, clock.now() - renewedWallMs)
      return postNow(sinceMs >= RENEW_MS)
    })

  const postNow = async (renews: boolean): Promise<void> => {
    const nowMs = clock.monotonic()
    const taken = []
    for (const [key, allowance] of allowances) {
      if (allowance.isOver(nowMs)) {
        allowance.forgotten = true
        allowances.delete(key)
        continue
      }
      const posting = allowance.takePosting({ nowMs, atTheEnd: closed, renews })
      if (posting) taken.push({ allowance, ...posting })
    }
    if (taken.length > 0) await send(taken)
    if (renews) {
      renewedAt = nowMs
      renewedWallMs = clock.now()
    }
    if (allowances.size > 0) postWithin(IDLE_MS)
  }

  const send = async (
    taken: readonly (NonNullable<ReturnType<Allowance['takePosting']>> & {
      readonly allowance: Allowance
    })[],
  ): Promise<void> => {
    try {
      const entries = taken.map(({ entry }) => entry)
      const rows = await store.post({ holder, entries, expiresAtMs: clock.now() + HOLD_MS })
      for (const [index, { allowance }] of taken.entries()) {
        const row = rows[index]
        if (row) allowance.seen(row, clock.monotonic())
      }
    } catch (error) {
      for (const { putBack } of taken) putBack()
      onFailure?.(error)
      postWithin(RETRY_MS)
      throw error
    }
  }

  return {
    reserve(reservation) {
      if (reservation.demands.length === 0) return { spending: [] }
      const amount = Math.round(reservation.nanoCredits)
      const here = reserveHere(reservation, amount)
      if (here === undefined) return oneByOne(() => draw(reservation, amount))
      drawAhead(reservation, amount)
      return here
    },

    settle({ accounts, reservedNanoCredits, nanoCredits }) {
      const reserved = Math.round(reservedNanoCredits)
      const spent = Math.round(nanoCredits)
      let tight = false
      for (const account of accounts) {
        const allowance = allowanceOf(account)
        allowance.settle(reserved, spent)
        tight ||= allowance.isTight
      }
      // What a tight budget gets back may be what another process waits for.
      postWithin(tight ? 0 : POST_MS)
    },

    async spending(accounts) {
      if (accounts.length === 0) return []
      await post().catch(() => {})
      return store.spending(accounts)
    },

    async close() {
      timer?.cancel()
      closed = true
      await post()
    },
  }
}
