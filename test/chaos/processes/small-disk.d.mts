export interface Disk {
  /** Not a byte more than there is. */
  fill(): void
  free(): void
  readOnly(): boolean
  unmount(): void
}
/** Whether this machine lets us mount: root, and no container that forbids it. */
export function canMount(): boolean
/** A disk of its own for a folder, which can be full or read-only. */
export function mountDisk(folder: string): Disk | undefined
