import { describe, expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import type { Terminal } from '../command.ts'
import { createPaint } from '../terminal.ts'
import { copySequence } from './clipboard.ts'
import { startCountdown } from './countdown.ts'
import { openerFor } from './open-browser.ts'

describe('which program opens a page', () => {
  const cases: readonly [string, NodeJS.Platform, Record<string, string>, string | undefined][] = [
    ['macOS', 'darwin', {}, 'open'],
    ['Windows', 'win32', {}, 'explorer.exe'],
    ['Linux with a display', 'linux', { DISPLAY: ':0' }, 'xdg-open'],
    ['Linux with Wayland', 'linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
    ['Linux without a display', 'linux', {}, undefined],
    ['Windows Subsystem for Linux', 'linux', { WSL_DISTRO_NAME: 'Debian' }, 'explorer.exe'],
    ['over SSH', 'darwin', { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' }, undefined],
    ['a chosen one', 'linux', { BROWSER: 'firefox' }, 'firefox'],
    ['none on purpose', 'darwin', { BROWSER: 'none' }, undefined],
  ]
  test.each(cases)('%s', (_name, platform, environment, expected) => {
    expect(openerFor(platform, environment)?.[0]).toBe(expected)
  })
})

describe('copying the code', () => {
  test('asks the terminal in its own words', () => {
    expect(copySequence('ABCD-1234', {})).toBe('\u001B]52;c;QUJDRC0xMjM0\u0007')
  })

  test('passes through tmux', () => {
    const wrapped = copySequence('A', { TMUX: '/tmp/tmux' })
    expect(wrapped).toBe('\u001BPtmux;\u001B\u001B]52;c;QQ==\u0007\u001B\\')
  })
})

describe('countdown', () => {
  const terminalThat = (interactive: boolean, written: string[]): Terminal => ({
    print: () => Promise.resolve(),
    say: () => {},
    warn: () => {},
    control: (sequence) => written.push(sequence.replace('\r\u001B[2K', '')),
    paint: createPaint(false),
    interactive,
    outputIsTerminal: interactive,
    columns: 80,
    verbose: false,
    quiet: false,
  })

  test('counts each second, and leaves nothing behind', async () => {
    const clock = createVirtualClock()
    const written: string[] = []
    const stop = startCountdown(terminalThat(true, written), clock, clock.now() + 62_000)
    await clock.advance(2000)
    stop()
    expect(written).toEqual(['waiting, 1:02 left', 'waiting, 1:01 left', 'waiting, 1:00 left', ''])
    expect(clock.pending).toBe(0)
  })

  test('is silent where nobody looks', () => {
    const clock = createVirtualClock()
    const written: string[] = []
    startCountdown(terminalThat(false, written), clock, clock.now() + 1000)()
    expect(written).toEqual([])
    expect(clock.pending).toBe(0)
  })
})
