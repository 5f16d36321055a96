import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { createWorld, never } from '../../src/copilot/__fixtures__/world.ts'
import { systemClock } from '../../src/core/clock.ts'
import { createAppCredential } from '../../src/policy/seats/app-credential.ts'
import { createSeatCredentials } from '../../src/policy/seats/seat-credentials.ts'
import { createTransport } from '../../src/transport/transport.ts'

test('an installation token that GitHub has ended is replaced at the first refusal, not an hour later', async () => {
  await using world = await createWorld()
  const { emulator } = world
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  emulator.control.apps.put({
    appId: '77',
    installationId: '42',
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  })
  const transport = createTransport()
  const organisation = createAppCredential({
    http: () => transport,
    clock: systemClock,
    appId: '77',
    installationId: '42',
    privateKey: pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    apiUrl: emulator.url,
  })
  const copilot = world.copilot({
    seats: createSeatCredentials({ service: undefined, organisation }),
  })
  const at = { seat: 'service' }
  const first = await copilot.access(at, never)
  // The App was suspended and is back: GitHub takes what it issued before no more, and gives another at once.
  const { token } = await organisation()
  expect(emulator.control.tokens.revoke({ token })).toBe(1)
  const renewed = copilot.mend({ kind: 'renew-credential' }, at, first, never)
  await renewed.catch(() => undefined)
  const second = await copilot.access(at, never)
  expect(second.generation).not.toBe(first.generation)
  await expect(renewed).resolves.toBeUndefined()
  expect((await organisation()).token).not.toBe(token)
  await transport.destroy()
})
