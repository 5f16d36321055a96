/** Sets variables in a `.env` file; other lines and their order stay. */
export function changeEnv(
  text: string | undefined,
  variables: Readonly<Record<string, string>>,
): string {
  const lines = (text ?? '').split('\n')
  if (lines.at(-1) === '') lines.pop()
  for (const [name, value] of Object.entries(variables)) {
    const line = `${name}="${value}"`
    const at = lines.findIndex((each) => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(each))
    if (at === -1) lines.push(line)
    else lines[at] = line
  }
  return `${lines.join('\n')}\n`
}
