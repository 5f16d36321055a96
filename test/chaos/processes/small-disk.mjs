import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync } from 'node:fs'

/** Mounted now, so that a run that is broken off leaves none behind. @type {Set<string>} */
const mounted = new Set()
process.on('exit', () => {
  for (const folder of mounted) spawnSync('umount', ['-l', folder])
})

/** Whether this machine lets us mount: root, and no container that forbids it. */
export function canMount() {
  if (process.getuid?.() !== 0) return false
  const probe = `/tmp/jetway-chaos-mount-${process.pid}`
  mkdirSync(probe)
  const disk = mountDisk(probe)
  disk?.unmount()
  rmSync(probe, { recursive: true })
  return disk !== undefined
}

/** A disk of its own for a folder, which can be full or read-only. @param {string} folder */
export function mountDisk(folder) {
  if (!mount(['-t', 'tmpfs', '-o', 'size=512m,mode=700', 'tmpfs', folder])) return undefined
  mounted.add(folder)
  return {
    /** Not a byte more than there is. */
    fill() {
      const { blocks, bfree, bsize } = statfsSync(folder)
      mount(['-o', `remount,size=${Math.max(1, blocks - bfree) * bsize}`, folder])
    },
    free() {
      mount(['-o', 'remount,size=512m', folder])
    },
    readOnly() {
      return mount(['-o', 'remount,ro', folder])
    },
    unmount() {
      spawnSync('umount', ['-l', folder])
      mounted.delete(folder)
    },
  }
}

/** @typedef {NonNullable<ReturnType<typeof mountDisk>>} Disk */

/** @param {readonly string[]} args */
function mount(args) {
  return spawnSync('mount', args, { stdio: 'ignore' }).status === 0
}
