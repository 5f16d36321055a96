/** Keeps cores that have nothing to do from halting. */

import { openSync, readFileSync, writeSync } from 'node:fs'

/** https://docs.kernel.org/power/pm_qos_interface.html */
const LATENCY = '/dev/cpu_dma_latency'
/** What a core does that may not sleep. Elsewhere than on x86 it may be the lightest sleep there is. */
const NO_SLEEP = '/sys/devices/system/cpu/cpu0/cpuidle/state0/name'

/**
 * The upstream and the load rest whenever the gateway is slower than they are, and their core halts. Whoever sends them the next
 * packet wakes it, which in a virtual machine takes several µs of the sender's own time: twice a call it was the gateway's, and nginx, whose load
 * never rests, paid nothing. A core that polls is found awake. The kernel holds to it until this process ends.
 *
 * @returns {boolean} false where only root may ask for it, or the kernel has no such state or device
 */
export function keepCoresAwake() {
  try {
    if (readFileSync(NO_SLEEP, 'latin1').trim() !== 'POLL') return false
    // Not closed on purpose: to close it is to let cores halt again.
    const device = openSync(LATENCY, 'r+')
    // A 32-bit number of microseconds: no sleep is quick enough.
    writeSync(device, new Uint8Array(4))
    return true
  } catch {
    return false
  }
}
