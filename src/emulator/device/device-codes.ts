import type { Sealer } from '../seal.ts'
import type { ShiftedClock } from '../shifted-clock.ts'
import type { OAuthApp } from '../tokens/oauth-apps.ts'

export interface DeviceCode {
  readonly deviceCode: string
  readonly userCode: string
  readonly app: OAuthApp
  readonly scope: string
  readonly expiresAtMs: number
  state: 'pending' | 'approved' | 'denied' | 'expired' | 'used'
  login: string | undefined
  /** Seconds between polls; grows by 5 each time the client is too fast. */
  interval: number
  polls: number
  lastPollMs: number | undefined
}

export interface DeviceCodes {
  start(app: OAuthApp, scope: string, interval: number, lifetimeSeconds: number): DeviceCode
  byDeviceCode(code: string): DeviceCode | undefined
  byUserCode(code: string): DeviceCode | undefined
  list(): DeviceCode[]
  reset(): void
}

/** Letters and digits nobody mistakes for each other, as on GitHub's page. */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ23456789'

const REMEMBERED = 1000

export function createDeviceCodes(sealer: Sealer, clock: ShiftedClock): DeviceCodes {
  const codes = new Map<string, DeviceCode>()
  return {
    start(app, scope, interval, lifetimeSeconds) {
      const hex = sealer.nextHex(56)
      const code: DeviceCode = {
        deviceCode: hex.slice(0, 40),
        userCode: userCodeFrom(hex.slice(40)),
        app,
        scope,
        expiresAtMs: clock.now() + lifetimeSeconds * 1000,
        state: 'pending',
        login: undefined,
        interval,
        polls: 0,
        lastPollMs: undefined,
      }
      codes.set(code.deviceCode, code)
      const oldest = codes.keys().next().value
      if (codes.size > REMEMBERED && oldest !== undefined) codes.delete(oldest)
      return code
    },
    byDeviceCode: (code) => codes.get(code),
    byUserCode(code) {
      const wanted = code.trim().toUpperCase()
      return [...codes.values()].find((candidate) => candidate.userCode === wanted)
    },
    list: () => [...codes.values()],
    reset() {
      codes.clear()
    },
  }
}

function userCodeFrom(hex: string): string {
  let letters = ''
  for (let at = 0; at < 8; at++) {
    letters += ALPHABET[Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16) % ALPHABET.length] ?? ''
  }
  return `${letters.slice(0, 4)}-${letters.slice(4)}`
}
