import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AuthenticationError, PermissionDeniedError } from '../core/errors.ts'
import { at, useOwnSeat } from './__fixtures__/use-own-seat.ts'
import type { World } from './__fixtures__/world.ts'
import { never } from './__fixtures__/world.ts'

let world: World
const { token, store, accessOf } = useOwnSeat((made) => {
  world = made
})

describe('access', () => {
  test('ghp_ is refused with the reason before anyone is asked', async () => {
    world.environment['COPILOT_GITHUB_TOKEN'] = token({ kind: 'ghp' })
    await expect(accessOf(world.copilot())).rejects.toThrow(
      /COPILOT_GITHUB_TOKEN.*classic personal access token \(ghp_…[^)]{4}\).*github_pat_/,
    )
    expect(world.emulator.control.requests.list()).toEqual([])
  })

  test('not signed in says how at once, and finds a sign-in made meanwhile', async () => {
    const copilot = world.copilot()
    await expect(accessOf(copilot)).rejects.toThrow(/jetway login/)
    copilot.setNotSignedInHint((seat) => `Ask the keeper of ${seat}.`)
    await expect(copilot.access({ seat: 'ann' }, never)).rejects.toThrow(/Ask the keeper of ann/)
    await store(token())
    await expect
      .poll(
        () =>
          accessOf(copilot).then(
            () => 'ok',
            () => 'no',
          ),
        { interval: 50 },
      )
      .toBe('ok')
  })

  test("GitHub's reason reaches the user, and is not asked for again at once", async () => {
    world.emulator.control.accounts.update({ login: 'octo', entitled: false })
    await store(token())
    const copilot = world.copilot()
    const error: unknown = await accessOf(copilot).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(PermissionDeniedError)
    expect(error).toMatchObject({ code: 'no_copilot_access', llm_provider: 'github_copilot' })
    expect((error as Error).message).toMatch(/No access to GitHub Copilot.*editor=vscode/s)
    await accessOf(copilot).catch(() => undefined)
    await accessOf(copilot).catch(() => undefined)
    expect(world.emulator.control.requests.list({ route: 'exchange' })).toHaveLength(1)
  })

  test('a revoked token is an AuthenticationError that says what to do', async () => {
    const value = token()
    await store(value)
    world.emulator.control.tokens.revoke({ token: value })
    const error: unknown = await accessOf(world.copilot()).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(AuthenticationError)
    expect((error as Error).message).toMatch(/Bad credentials.*jetway login/)
    expect((error as Error).message).not.toContain(value)
  })

  test('a sign-in made by another process ends the waiting after a revoked one', async () => {
    const value = token()
    await store(value)
    world.emulator.control.tokens.revoke({ token: value })
    const copilot = world.copilot()
    const find = async (): Promise<string> => {
      try {
        return (await copilot.findModel('gpt-4.1', at, never))?.id ?? 'none'
      } catch {
        return 'refused'
      }
    }
    expect(await find()).toBe('refused')
    expect(await find()).toBe('refused')
    await store(token())
    await expect.poll(find, { interval: 100, timeout: 6_000 }).toBe('gpt-4.1')
  })
})

describe('sign-in', () => {
  test('the device flow stores the token, and a call works at once', async () => {
    world.emulator.control.settings.set({ deviceInterval: 0, autoApproveAfterPolls: 2 })
    const copilot = world.copilot()
    const shown: string[] = []
    const signing = copilot.signIn({
      signal: never,
      onCode: (code) => shown.push(code.userCode),
    })
    await expect.poll(() => shown.length).toBe(1)
    expect(copilot.pendingSignIn()?.userCode).toBe(shown[0])
    await expect(accessOf(copilot)).rejects.toThrow(
      new RegExp(`Please visit .*/login/device and enter code ${shown[0]} to authenticate.`),
    )
    const { file } = await signing
    expect(file).toBe(join(world.folder, 'access-token'))
    expect(await readFile(file ?? '', 'utf8')).toMatch(/^ghu_\w+$/)
    expect((await stat(file ?? '')).mode & 0o777).toBe(0o600)
    expect((await world.call(copilot, { model: 'gpt-4.1' })).status).toBe(200)
    expect(copilot.pendingSignIn()).toBeUndefined()

    expect(await copilot.signOut()).toHaveLength(2)
    await expect(accessOf(copilot)).rejects.toThrow(/Not signed in/)
  })

  test('Ctrl-C leaves nothing behind', async () => {
    const copilot = world.copilot()
    const stop = new AbortController()
    const signing = copilot.signIn({
      signal: stop.signal,
      onCode: () => {
        stop.abort(new Error('interrupted'))
      },
    })
    await expect(signing).rejects.toThrow('interrupted')
    expect(copilot.pendingSignIn()).toBeUndefined()
    await expect(stat(world.folder)).rejects.toThrow(/ENOENT/)
  })
})
