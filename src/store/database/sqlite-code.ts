/** SQLite's result code, of which the low byte says what kind; the rest says more. https://www.sqlite.org/rescode.html */
export function sqliteCodeOf(error: Error): number | undefined {
  const { errcode } = error as Error & { readonly errcode?: unknown }
  return typeof errcode === 'number' ? errcode & 0xff : undefined
}
