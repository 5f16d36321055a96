// Suites are written for language models: "Reply with exactly HELLO", "Remember: code=123". The emulator is none; it listens to
// `say:` and `call`. This puts what a suite asks in plain English into the emulator's words, in requests on their way to
// it. The gateway under test sees the suite's own requests, and nothing of this.

/** What a model would understand from the words, or `undefined` when there is nothing to do. */
function directive({ instructions, last, all, custom }) {
  const written = (name, input) =>
    custom ? `[tool: ${name} ${input}]` : `call ${name} ${JSON.stringify({ input })}`
  const exactly =
    /reply with exactly ["'`]?([\w-]+)/i.exec(last) ??
    /reply with exactly ["'`]?([\w-]+)/i.exec(instructions)
  if (exactly) return `say: ${exactly[1]}`
  const add = /call (\w+) with a=(\d+) and b=(\d+)/i.exec(last)
  if (add) return `call ${add[1]} {"a":${add[2]},"b":${add[3]}}`
  if (/just the number/i.test(last)) {
    const told = /"result" ?: ?(\d+)/.exec(all) ?? /code ?= ?(\d+)/i.exec(all)
    if (told) return `say: ${told[1]}`
  }
  const like = /Return JSON like (\{.*\})/.exec(last)
  if (like) return `say: ${like[1]}`
  if (/weather like in San Francisco/.test(last)) {
    return 'call get_weather {"location":"San Francisco, CA"}'
  }
  if (/code_exec tool to print hello world/.test(last))
    return written('code_exec', 'print("hello world")')
  if (/math_exp tool to add four plus four/.test(last)) return written('math_exp', '4 + 4')
  if (/(answer with|say) OK\b|Reply OK/i.test(last)) return 'say: OK'
  return undefined
}

/** The body of a model call with its last prompt in the emulator's words; anything else as it is. */
export function understood(bytes) {
  let body
  try {
    body = JSON.parse(bytes.toString('utf8'))
  } catch {
    return bytes
  }
  const turns = Array.isArray(body?.messages) ? body.messages : body?.input
  if (!Array.isArray(turns)) {
    if (typeof turns !== 'string') return bytes
    const custom = hasCustomTool(body)
    const said = directive({
      instructions: textOf(body.instructions),
      last: turns,
      all: turns,
      custom,
    })
    return said === undefined ? bytes : Buffer.from(JSON.stringify({ ...body, input: said }))
  }
  const at = turns.findLastIndex(({ role }) => role === 'user')
  // A turn that brings results is the emulator's to answer: it quotes them.
  if (at === -1 || turns.slice(at + 1).some(isResult) || isResult(turns[at])) return bytes
  const rules = turns.filter(({ role }) => role === 'system' || role === 'developer')
  const instructions = [body.system, body.instructions, ...rules].map(textOf).join('\n')
  const last = saidIn(turns[at])
  fixValues(body, last)
  const all = turns.map((turn) => `${textOf(turn)}\n${textOf(turn.output)}`).join('\n')
  const said = directive({ instructions, last, all, custom: hasCustomTool(body) })
  if (said !== undefined) turns[at] = withText(turns[at], said)
  return Buffer.from(JSON.stringify(body))
}

/** Where the words name the values of an object, its schema says them too: the emulator answers by schema. */
function fixValues(body, last) {
  const named = /status="(\w+)" and value=(\d+)/.exec(last)
  const format =
    body.response_format?.json_schema ?? body.text?.format ?? body.output_config?.format
  const properties = format?.schema?.properties
  if (!named || !properties) return
  properties.status = { ...properties.status, enum: [named[1]] }
  properties.value = { ...properties.value, enum: [Number(named[2])] }
}

function hasCustomTool({ tools = [] }) {
  return tools.some(({ type }) => type === 'custom')
}

function isResult({ role, type, content }) {
  if (role === 'tool' || type?.endsWith('_output')) return true
  return Array.isArray(content) && content.every((part) => part.type === 'tool_result')
}

/** What a person said in a turn, results that came with it left out. */
function saidIn({ content }) {
  if (!Array.isArray(content)) return textOf(content)
  return textOf(content.filter(({ type }) => type !== 'tool_result'))
}

function textOf(value) {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textOf).join('\n')
  return textOf(value?.text ?? value?.content ?? '')
}

/** Text takes the place of text; images stay. */
function withText(turn, text) {
  if (!Array.isArray(turn.content)) return { ...turn, content: text }
  const kind = turn.content.find((part) => typeof part.text === 'string')?.type ?? 'text'
  const others = turn.content.filter((part) => typeof part.text !== 'string')
  return { ...turn, content: [...others, { type: kind, text }] }
}
