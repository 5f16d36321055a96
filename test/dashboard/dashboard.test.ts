import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, noBrowser, openPage, signIn, visit } from './support/browser.ts'
import { furnish, MASTER, startWorld, type World } from './support/world.ts'

const PAGES = [
  ['overview', 'Overview'],
  ['requests', 'Requests'],
  ['requests/req-after-a-fault', 'Request explained'],
  ['requests/compare?a=req-after-a-fault&b=req-after-a-fault', 'Two requests'],
  ['models', 'Models'],
  ['playground', 'Playground'],
  ['keys', 'Keys'],
  ['seats', 'Seats'],
  ['people', 'People'],
  ['teams', 'Teams and budgets'],
  ['audit', 'Audit'],
  ['settings', 'Settings'],
  ['nowhere', 'Not found'],
] as const

const SCREENS = {
  'light desktop': { colorScheme: 'light' },
  'dark desktop': { colorScheme: 'dark' },
  'light phone': { colorScheme: 'light', viewport: { width: 390, height: 844 } },
  'dark phone': { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
} as const

describe.skipIf(noBrowser !== undefined)(`the dashboard in Chromium ${noBrowser ?? ''}`, () => {
  let world: World
  let browser: Browser

  beforeAll(async () => {
    ;[world, browser] = await Promise.all([startWorld(), launch()])
    await furnish(world)
  }, 120_000)
  afterAll(async () => {
    await browser.close()
    await world[Symbol.asyncDispose]()
  })

  test.each(Object.entries(SCREENS))(
    '%s: every page loads without an error or a stranger, is accessible, and fits',
    async (_, options) => {
      await using watched = await openPage(browser, world.url, options)
      const { page, troubles } = watched
      expect(await violations(page)).toEqual([])
      await signIn(page, MASTER)
      for (const [place, title] of PAGES) {
        await visit(page, `/${place}`)
        await page.getByRole('heading', { level: 1, name: title }).waitFor()
        const found = {
          place,
          violations: await violations(page),
          sideways: await sidewaysBy(page),
        }
        expect(found).toEqual({ place, violations: [], sideways: 0 })
      }
      expect(troubles).toEqual([])
    },
    180_000,
  )

  test('a wrong key is refused in words; signing out goes back', async () => {
    await using watched = await openPage(browser, world.url)
    const { page } = watched
    await page.getByLabel('Key', { exact: true }).fill('sk-wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').filter({ hasText: 'key' }).waitFor()
    await signIn(page, MASTER)
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(await page.evaluate('document.cookie')).toBe('')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
  })

  test('a key is made, shown once, used and revoked', async () => {
    await using watched = await openPage(browser, world.url)
    const { page, troubles } = watched
    await signIn(page, MASTER)
    await visit(page, '/keys')
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Name').fill('from-the-page')
    await page.getByLabel('Budget in AI credits').fill('25')
    await page.getByLabel('The budget returns').selectOption('1mo')
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByRole('heading', { name: 'Copy the key now' }).waitFor()
    const secret = (await page.locator('dialog pre').first().textContent()) ?? ''
    expect(secret).toMatch(/^sk-/)
    expect((await world.say('say: hi', { key: secret })).status).toBe(200)
    await page.getByRole('button', { name: 'I have it' }).click()
    const row = page.getByRole('row').filter({ hasText: 'from-the-page' })
    await row.getByText('of 25 a month').waitFor()
    expect(await page.content()).not.toContain(secret)

    await row.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await row.waitFor({ state: 'detached' })
    expect((await world.say('say: hi', { key: secret })).status).toBe(401)
    expect(troubles).toEqual([])
  })

  test('a key of a team that was deleted is shown as one', async () => {
    const administer = (path: string, body: object): Promise<Response> =>
      fetch(world.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${MASTER}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    await administer('/team/new', { team_id: 'short-lived' })
    await administer('/key/generate', { key_alias: 'orphan', team_id: 'short-lived' })
    await administer('/team/delete', { team_ids: ['short-lived'] })
    await using watched = await openPage(browser, world.url)
    const { page } = watched
    await signIn(page, MASTER)
    await visit(page, '/keys')
    const row = page.getByRole('row').filter({ hasText: 'orphan' })
    await row.getByText('team deleted').waitFor()
    expect(await violations(page)).toEqual([])
  })

  test('a request is found and explained: both attempts, and why', async () => {
    await using watched = await openPage(browser, world.url)
    const { page } = watched
    await signIn(page, MASTER)
    await visit(page, '/requests')
    await page.getByLabel('Outcome').selectOption('failed')
    await page.getByRole('button', { name: 'Filter' }).click()
    const rows = page.getByRole('region', { name: 'Requests' }).getByRole('row')
    await expect.poll(() => rows.count()).toBe(2)
    expect(await rows.nth(1).textContent()).toContain('gpt-nonexistent')

    await page.getByLabel('Request id').fill('req-after-a-fault')
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByRole('heading', { level: 1, name: 'Request explained' }).waitFor()
    const attempts = page.getByRole('region', { name: 'Attempts' }).getByRole('listitem')
    await expect.poll(() => attempts.count()).toBe(2)
    expect(await attempts.first().textContent()).toMatch(/502.*retry in/)
    expect(await attempts.nth(1).textContent()).toContain('200')
    await page.getByText('a repeated attempt is never the user').waitFor()
  })

  test.each(['chat', 'responses', 'messages', 'gemini', 'ollama'])(
    'the playground streams an answer in the dialect %s',
    async (dialect) => {
      world.emulator.control.settings.set({ pace: 400 })
      await using watched = await openPage(browser, world.url)
      const { page, troubles } = watched
      await signIn(page, MASTER)
      await visit(page, `/playground?model=gpt-4o&dialect=${dialect}`)
      await page
        .getByLabel('Prompt', { exact: true })
        .fill('say: calm software, piece by piece, as it comes in')
      await page.getByRole('button', { name: 'Ask' }).click()
      const answer = page.getByRole('region', { name: 'Answer text' })
      await expect
        .poll(() => answer.textContent())
        .toBe('calm software, piece by piece, as it comes in')
      await page.getByRole('link', { name: 'explain' }).click()
      await page.getByRole('heading', { level: 1, name: 'Request explained' }).waitFor()
      await page.getByText(dialect, { exact: true }).first().waitFor()
      world.emulator.control.settings.set({ pace: 0 })
      expect(troubles).toEqual([])
    },
  )

  test('what was asked on this page is asked again with another model, and both are compared', async () => {
    await using watched = await openPage(browser, world.url)
    const { page, troubles } = watched
    await signIn(page, MASTER)
    await visit(page, '/playground?model=gpt-4o')
    await page.getByLabel('Prompt', { exact: true }).fill('say: the same again')
    await page.getByRole('button', { name: 'Ask' }).click()
    await page.getByRole('link', { name: 'explain' }).click()
    await page.getByRole('link', { name: 'Ask again' }).click()
    await page.getByLabel('Model').fill('claude-sonnet-4.5')
    expect(await page.getByLabel('Prompt', { exact: true }).inputValue()).toBe(
      'say: the same again',
    )
    await page.getByRole('button', { name: 'Ask' }).click()
    await page.getByRole('link', { name: 'compare with the first' }).click()
    const models = page.getByRole('row').filter({ hasText: 'Model' })
    expect(await models.textContent()).toMatch(/gpt-4o.*claude-sonnet-4\.5/)
    expect(troubles).toEqual([])
  })

  test('calls are seen live, as they open and as they close', async () => {
    await using watched = await openPage(browser, world.url)
    const { page } = watched
    await signIn(page, MASTER)
    const live = page.getByRole('region', { name: 'Live' })
    await live.getByText('0 under way').waitFor()
    world.emulator.control.faults.add({
      on: { route: 'chat' },
      times: 1,
      do: { kind: 'delay', ms: 1500 },
    })
    const call = world.say('say: watched', { id: 'req-watched' })
    await live.getByText('1 under way').waitFor()
    await call
    await live.getByText('0 under way').waitFor()
    expect(await live.getByRole('link', { name: 'gpt-4o' }).first().getAttribute('href')).toBe(
      '#/requests/req-watched',
    )
  })

  test('a model that is missing: why, and what to do', async () => {
    await using watched = await openPage(browser, world.url)
    const { page, troubles } = watched
    await signIn(page, MASTER)
    await visit(page, '/models')
    await page.getByLabel('Find a model').fill('claude-opus-99')
    await page.getByRole('button', { name: 'Why?' }).click()
    const findings = page.getByRole('list', { name: 'Why it is missing' })
    await findings.getByText('perhaps').first().waitFor()
    expect(await findings.textContent()).toContain('claude-opus')
    expect(await violations(page)).toEqual([])
    expect(troubles).toEqual([])
  })

  test('a person connects a seat in the page', async () => {
    const key = await world.makeKey({ key_alias: 'of-ada', user_id: 'ada' })
    await using watched = await openPage(browser, world.url)
    const { page } = watched
    await signIn(page, key)
    // A member has the own pages only.
    expect(await page.getByRole('navigation').getByRole('link').allTextContents()).toEqual([
      'Overview',
      'Requests',
      'Models',
      'Playground',
      'Keys',
      'Seats',
      'Settings',
    ])
    await visit(page, '/seats')
    await page.getByRole('button', { name: 'Connect a seat' }).click()
    await page.getByRole('button', { name: 'Get a code' }).click()
    const code = (await page.locator('.user-code strong').textContent()) ?? ''
    expect(code).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/)
    world.emulator.control.device.approve({ userCode: code, login: 'ada-at-github' })
    await page.getByText('Connected:').waitFor()
    await page.getByRole('button', { name: 'Done' }).click()
    await page
      .getByRole('row')
      .filter({ hasText: 'ada-at-github' })
      .getByText('connected')
      .waitFor()
  })

  test('by keyboard alone: sign in, go to keys, open a form, leave it, and the focus is where it was', async () => {
    await using watched = await openPage(browser, world.url)
    const { page } = watched
    await tabTo(page, 'Key')
    await page.keyboard.type(MASTER)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await tabTo(page, 'Keys')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor()
    expect(await focused(page)).toBe('Keys')
    await tabTo(page, 'New key')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabTo(page, 'Name')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('New key')
  })

  test('the theme can be chosen, and stays chosen', async () => {
    await using watched = await openPage(browser, world.url, { colorScheme: 'light' })
    const { page } = watched
    await signIn(page, MASTER)
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await background()
    await page.getByRole('combobox', { name: 'Theme' }).selectOption('dark')
    const dark = await background()
    expect(dark).not.toBe(light)
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(await background()).toBe(dark)
  })
})

interface Axe {
  run(): Promise<{
    violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[]
  }>
}

/** Evaluated by the debugger, so that the page's policy need not let it in. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(`${axe.source};0`)
  return page.evaluate(async () => {
    const found = await (globalThis as unknown as { axe: Axe }).axe.run()
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`,
      ),
    )
  })
}

function sidewaysBy(page: Page): Promise<number> {
  return page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
}

/** What the focused element is called. */
function focused(page: Page): Promise<string> {
  return page.evaluate(`(() => {
    const element = document.activeElement
    return (element?.labels?.[0] ?? element)?.textContent.trim() ?? ''
  })()`)
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let count = 0; count < 60; count++) {
    if ((await focused(page)) === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`no ${name} within 60 presses of Tab`)
}
