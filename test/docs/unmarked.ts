/** Commands of pages whose fences carry no mark, that cannot be run on such a page, and why. Every other one is run. */
const CANNOT_RUN: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:npm run|node test|npx compatcanary|bun run|OPENAI_API_KEY)/,
    'a bench or a suite of others',
  ],
  [/^jetway (?:top|emulator)\b/, 'goes on until it is stopped; has tests beside its code'],
  [/^jetway start --(?:config|host)/, 'started by docs/operations.md'],
  [/^(?:jetway (?:launch|setup)|eval "\$\(jetway env)/, 'needs the client; run by test/clients'],
  [
    /^(?:JETWAY_KEY=\$KEY )?(?:claude|codex|copilot|gemini|opencode|aider|qwen)\b/,
    'run by test/clients',
  ],
  [/^jetway login --gateway|https:\/\/gateway\.example/, 'names a gateway elsewhere'],
  [
    /^jetway conformance\b/,
    'takes half a minute and ends with a verdict; has tests beside its code',
  ],
  [/^jetway service\b/, 'changes the services of this machine'],
  [/^jetway seats resume\b/, 'lifts a stop, of which there is none; has tests beside its code'],
  [/^jetway doctor\b/, 'finds what is wrong with this machine'],
  [/^jetway explain\b/, 'an id of the reader’s own; run by docs/start.md'],
  [/^jetway keys (?:rotate|revoke)\b/, 'run by docs/security.md'],
  [/^jetway config check\b/, 'needs a file; run by docs/operations.md'],
  [/^jetway db (?:import|backup|migrate --from)|\/backup\/|…/, 'needs a place of the reader’s own'],
  [/^git diff|^pbpaste|> ~\/\.config|\| jq /, 'needs something of the reader’s own'],
  [/\$GATEWAY\b/, 'needs a gateway of the reader’s own; run by test/teams'],
]

export const whyNot = (command: string): string | undefined =>
  CANNOT_RUN.find(([pattern]) => pattern.test(command))?.[1]

/** The commands of a shell text: comments left out, lines that go on put together. */
export function commandsOf(text: string): readonly string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s+)#\s.*$/, '').trim())
    .filter(Boolean)
}
