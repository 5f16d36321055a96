import type { ArgumentSpec, CommandSpec, OptionSpec } from './command.ts'
import { COMMANDS, GLOBAL_OPTIONS } from './table.ts'

/** `docs/commands.md`, from the table that help and completion are made from. */
export function commandsPage(): string {
  const index = COMMANDS.map(
    ({ name, summary }) => `| [\`${name}\`](#jetway-${name}) | ${escapeCell(summary)} |\n`,
  )
  return `# Commands

Made from \`src/cli/table.ts\`, which help and completion are made from as well. To write it anew:
\`UPDATE_DOCS=1 npx vitest run --project house test/cli/commands-page.test.ts\`.

\`jetway\` alone is \`jetway start\`. What a command finds out goes to stdout, what it says beside that to stderr; \`--json\` makes
it one object. \`NO_COLOR\` is honoured.

| command | does |
|---|---|
${index.join('')}
Every command takes:

${optionList(GLOBAL_OPTIONS)}
| exit code | means |
|---|---|
| 0 | done |
| 1 | failed |
| 2 | the command line cannot be understood |
| 3 | not signed in, or not entitled |
| 4 | bad configuration, with \`file:line:column\` |
| 5 | upstream, gateway or database cannot be reached |
| 6 | refused by a limit or a budget |
| 130, 143 | ended by Ctrl-C, by SIGTERM |
${COMMANDS.flatMap((spec) => section(spec, [])).join('')}`
}

function section(spec: CommandSpec, parents: readonly string[]): string[] {
  const path = [...parents, spec.name]
  const level = '#'.repeat(path.length + 1)
  const usage = spec.commands
    ? `jetway ${path.join(' ')} ${spec.commands.map(({ name }) => name).join('|')}`
    : ['jetway', ...path, ...(spec.arguments ?? []).map(argumentWord), '[options]'].join(' ')
  const about = (spec.arguments ?? []).map(({ name, summary }) => `- \`${name}\`: ${summary}\n`)
  const options = optionList(spec.options ?? [])
  const examples = spec.examples.map(({ line, says }) => `# ${says}\n${line}\n`).join('\n')
  const own = `
${level} jetway ${path.join(' ')}

${spec.summary}.

    ${usage}

${about.length + options.length === 0 ? '' : `${about.join('')}${options}\n`}\`\`\`sh
${examples}\`\`\`
`
  return [own, ...(spec.commands ?? []).flatMap((child) => section(child, path))]
}

function argumentWord({ name, required, many }: ArgumentSpec): string {
  const word = `${name.toUpperCase()}${many ? '...' : ''}`
  return required ? word : `[${word}]`
}

function optionList(options: readonly OptionSpec[]): string {
  return options
    .filter(({ hidden }) => !hidden)
    .map(({ name, short, value, summary, choices, fallback }) => {
      const words = [short && `-${short}`, `--${name}${value === undefined ? '' : ` ${value}`}`]
      const more = [
        choices && `one of ${choices.join(', ')}`,
        fallback && `default: ${fallback}`,
      ].filter(Boolean)
      const tail = more.length === 0 ? '' : ` (${more.join('; ')})`
      return `- \`${words.filter(Boolean).join(', ')}\`: ${summary}${tail}\n`
    })
    .join('')
}

function escapeCell(text: string): string {
  return text.replaceAll('|', String.raw`\|`)
}
