/** Outside, durations are seconds; inside, milliseconds. */
export function inMs(seconds: number): number {
  return Math.round(seconds * 1000)
}
