import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, noBrowser, openPage, signIn, visit } from './support/browser.ts'
import { MASTER, startWorld, type World } from './support/world.ts'

describe.skipIf(noBrowser !== undefined)(`what ran wild, in the page ${noBrowser ?? ''}`, () => {
  let world: World
  let browser: Browser
  beforeAll(async () => {
    ;[world, browser] = await Promise.all([startWorld(), launch()])
  }, 120_000)
  afterAll(async () => {
    await browser.close()
    await world[Symbol.asyncDispose]()
  })

  test('a loop is stopped with no setting at all; a person sees it under Seats, and lifts it', async () => {
    let calls = 0
    while ((await world.say('say: again')).status === 200) calls++
    expect(calls).toBe(499)
    expect((await world.say('say: anything else')).status).toBe(429)

    await using watched = await openPage(browser, world.url)
    const { page, troubles } = watched
    await signIn(page, MASTER)
    await visit(page, '/seats')
    await page.getByText('the same request came 500 times within ten minutes').waitFor()
    await page.getByRole('button', { name: 'Resume seat:own' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click()
    await page.getByRole('heading', { name: 'Stopped' }).waitFor({ state: 'detached' })
    expect((await world.say('say: anything else')).status).toBe(200)
    expect(troubles).toEqual([])
  })
})
