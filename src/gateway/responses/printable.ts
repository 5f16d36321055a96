/** An id of the client's as it may be repeated to it. */
export function printable(id: string): string {
  return id.replace(/[^\w-]/g, '?').slice(0, 64)
}
