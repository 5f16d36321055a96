import { expect, test } from 'vitest'
import { hearHangUps } from './hang-ups.ts'

test('a SIGHUP that came before anyone listened is told then, once', () => {
  const hangUps = hearHangUps()
  process.emit('SIGHUP', 'SIGHUP')
  process.emit('SIGHUP', 'SIGHUP')
  let heard = 0
  hangUps.listen(() => heard++)
  expect(heard).toBe(1)
  process.emit('SIGHUP', 'SIGHUP')
  expect(heard).toBe(2)
  hangUps.close()
  process.emit('SIGHUP', 'SIGHUP')
  expect(heard).toBe(2)
})
