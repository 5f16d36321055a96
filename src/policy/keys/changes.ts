/** Tells every process that keys, users, teams or seats have changed, so that nobody goes on with what was revoked. */
export interface Changes {
  announce(): void
  onChange(listener: () => void): void
}
