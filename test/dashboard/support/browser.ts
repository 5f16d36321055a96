import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { missing } from '../../support/require.ts'

const CHROMIUM = '/usr/bin/chromium'

/** Why there is no browser here, or `undefined`. */
export const noBrowser = missing(CHROMIUM, 'install Debian’s package `chromium`')

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export interface Watched extends AsyncDisposable {
  readonly page: Page
  /** Errors on the console, exceptions, and requests to anyone but the gateway. */
  readonly troubles: readonly string[]
}

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options })
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text())
  })
  page.on('pageerror', (error) => troubles.push(String(error)))
  page.on('request', (request) => {
    const asked = request.url()
    if (!asked.startsWith(`${url}/`) && !/^(data|blob):/.test(asked))
      troubles.push(`asked ${asked}`)
  })
  await page.goto(`${url}/ui`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return {
    page,
    troubles,
    async [Symbol.asyncDispose]() {
      await context.close()
    },
  }
}

export async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('Key', { exact: true }).fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
}

/** By the address, as a bookmark would; resolves when nothing loads any more. */
export async function visit(page: Page, place: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(place)}`)
  await page.locator('main:not(:has(.loading)) h1').waitFor()
}
