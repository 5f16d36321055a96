import { spawn } from 'node:child_process'

/** Opens a page in the person's browser; nothing happens where there is none. */
export function openBrowser(
  url: string,
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const opener = openerFor(platform, environment)
  if (!opener) return
  const [command, ...words] = opener
  try {
    const child = spawn(command, [...words, url], { stdio: 'ignore', detached: true })
    child.on('error', () => {})
    child.unref()
  } catch {
    // No such program: the page's address stands on the screen.
  }
}

/** The platform's own opener; none on a Linux without a display, where it could only open a text browser over our lines. */
export function openerFor(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): readonly [string, ...string[]] | undefined {
  const { BROWSER: chosen } = environment
  if (chosen !== undefined && chosen !== '') return chosen === 'none' ? undefined : [chosen]
  // Over SSH a browser would open on the other machine.
  if (environment['SSH_CONNECTION'] || environment['SSH_TTY']) return undefined
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['explorer.exe']
  if (environment['WSL_DISTRO_NAME']) return ['explorer.exe']
  return environment['DISPLAY'] || environment['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined
}
