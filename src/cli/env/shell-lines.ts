/** How each shell sets and forgets a variable; a value may hold anything but a line's end. */
export const SHELLS = ['bash', 'zsh', 'fish', 'pwsh', 'cmd', 'dotenv', 'json'] as const
export type Shell = (typeof SHELLS)[number]

interface Words {
  readonly set: (name: string, value: string) => string
  readonly forget?: (name: string) => string
}

const posix: Words = {
  set: (name, value) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'`,
  forget: (name) => `unset ${name}`,
}

const WORDS: Readonly<Record<Exclude<Shell, 'json'>, Words>> = {
  bash: posix,
  zsh: posix,
  fish: {
    set: (name, value) =>
      `set -gx ${name} '${value.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`,
    forget: (name) => `set -e ${name}`,
  },
  pwsh: {
    set: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
    forget: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
  },
  cmd: {
    // Inside the quotes only the percent sign has a meaning; doubling it holds in a batch file.
    set: (name, value) => `set "${name}=${value.replaceAll('%', '%%')}"`,
    forget: (name) => `set "${name}="`,
  },
  dotenv: {
    set: (name, value) =>
      `${name}="${value
        .replaceAll('\\', String.raw`\\`)
        .replaceAll('"', String.raw`\"`)
        .replaceAll('$', String.raw`\$`)}"`,
  },
}

/** The lines to evaluate; only variables that are set now are forgotten. */
export function shellLines(
  shell: Shell,
  variables: Readonly<Record<string, string>>,
  forget: readonly string[],
): string {
  if (shell === 'json') return `${JSON.stringify(variables)}\n`
  const words = WORDS[shell]
  const forgotten = words.forget ? forget.map(words.forget) : []
  const set = Object.entries(variables).map(([name, value]) => words.set(name, value))
  return [...forgotten, ...set].map((line) => `${line}\n`).join('')
}

/** The shell one is most likely in. */
export function usualShell(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): Shell {
  const { SHELL: shell } = environment
  if (shell === undefined || shell === '') return platform === 'win32' ? 'pwsh' : 'bash'
  const name = shell.split(/[/\\]/).at(-1)
  if (name === 'fish' || name === 'zsh' || name === 'pwsh') return name
  return 'bash'
}
