import { GENERATE_DIALECTS, SAID_BY } from './said-by.ts'
import { FEATURES, GENERATE_WIRES, rowOf } from './table.ts'

const WIRE_PATHS = { chat: '/chat/completions', responses: '/responses', messages: '/v1/messages' }

const INTRODUCTION = `# Fidelity: what is carried, and what is lost

This page is printed from the table in \`src/dialects/fidelity\`, which the code itself goes by; a test encodes a request for
every cell. Where client and model speak the same wire, nothing is translated and everything is kept; what the upstream refuses of it, and can
be mended (a call without a result, an empty text, a tool's name that is too long, too many images), is mended, sent once more and named.

- kept: the model gets it as it was meant.
- *degraded*: it does not, which leaves the meaning as it was; the answer's header \`x-jetway-degraded\` names it. With
  \`x-jetway-fidelity: strict\` on the request it is refused instead.
- **refused**: leaving it out would change the meaning; the answer is 400 and says what to do.

The wire is the one the model is served on, which the live catalogue says; \`x-jetway-wire\` names it. "Said by" lists the
dialects that have words for the feature. Beside these rows a model may have limits of its own: an effort it does not know is
taken to the nearest one, a temperature it refuses is left out and named.
`

/** The text of \`docs/fidelity.md\`. */
export function renderFidelity(): string {
  const head = [
    'Name',
    'Feature',
    'Said by',
    ...GENERATE_WIRES.map((wire) => `on \`${WIRE_PATHS[wire]}\``),
    'Where it is not kept',
  ]
  const rows = FEATURES.map((feature) => {
    const { what, note } = rowOf(feature)
    const fates = GENERATE_WIRES.map((wire) => FATES[rowOf(feature)[wire]])
    const said = SAID_BY[feature]
    const by = said.length === GENERATE_DIALECTS.length ? 'all' : said.join(', ')
    return [`\`${feature}\``, what, by].concat(fates, note ?? '')
  })
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return `${INTRODUCTION}\n${table.join('\n')}\n`
}

const FATES = { kept: 'kept', degraded: '*degraded*', refused: '**refused**' }
