import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Prompt, ToolOffer, Turn } from '../prompts/prompt.ts'
import { lastRequest } from '../prompts/prompt.ts'
import { compose } from './compose.ts'
import { directiveRounds } from './directives.ts'
import { words } from './prose.ts'

function tool(
  name: string,
  properties: object = { a: { type: 'integer' } },
  more: object = {},
): ToolOffer {
  return {
    name,
    kind: 'function',
    description: '',
    schema: { type: 'object', properties, ...more } as ToolOffer['schema'],
  }
}

function said(text: string): Turn {
  return { role: 'user', text, calls: [], results: [] }
}
function called(...calls: string[]): Turn {
  return { role: 'assistant', text: '', calls, results: [] }
}
function answered(...results: string[]): Turn {
  return { role: 'user', text: '', calls: [], results }
}

function prompt(turns: string | readonly Turn[], more: Partial<Prompt> = {}): Prompt {
  return {
    model: 'gpt-4o',
    turns: typeof turns === 'string' ? [said(turns)] : turns,
    system: '',
    tools: [],
    toolChoice: { type: 'auto' },
    parallelTools: true,
    format: { type: 'text' },
    thinks: false,
    stop: [],
    maxTokens: undefined,
    ...more,
  }
}

const inputs = (given: Prompt): string[] =>
  compose(given).calls.map((call) => `${call.name} ${call.input}`)

const CALLS: readonly [text: string, expected: string[]][] = [
  ['call add {"a":1}', ['add {"a":1}']],
  ['please call add {"a":{"b":"}"}} now', ['add {"a":{"b":"}"}}']],
  ['[tool: add {"a":1}] and [tool: sub {"a":2}]', ['add {"a":1}', 'sub {"a":2}']],
  ['[tool: add]', ['add {}']],
  ['[tool: add just words]', ['add {"input":"just words"}']],
  ['call add {"a":1}\ncall add {"a":2}\ncall sub {}', ['add {"a":1}', 'add {"a":2}', 'sub {}']],
  ['call nobody {"a":1}', []],
  ['call add without braces', []],
  ['add one and two', []],
]

for (const [text, expected] of CALLS) {
  test(`${JSON.stringify(text)} calls ${expected.join(' and ') || 'nothing'}`, () => {
    expect(inputs(prompt(text, { tools: [tool('add'), tool('sub')] }))).toEqual(expected)
  })
}

const SHELLS: readonly [tool: ToolOffer, expected: string][] = [
  [
    tool(
      'Bash',
      { command: { type: 'string' }, description: { type: 'string' } },
      { required: ['command', 'description'] },
    ),
    'Bash {"command":"ls -a","description":"Run the command"}',
  ],
  [tool('bash', { command: { type: 'string' } }), 'bash {"command":"ls -a"}'],
  [
    tool('shell', { command: { type: 'array', items: { type: 'string' } } }),
    'shell {"command":["bash","-lc","ls -a"]}',
  ],
  [tool('exec_command', { cmd: { type: 'string' } }), 'exec_command {"cmd":"ls -a"}'],
  [
    tool('run_shell_command', { command: { type: 'string' } }),
    'run_shell_command {"command":"ls -a"}',
  ],
  [
    tool(
      'run_in_terminal',
      { command: { type: 'string' }, isBackground: { type: 'boolean' } },
      { required: ['isBackground'] },
    ),
    'run_in_terminal {"command":"ls -a","isBackground":true}',
  ],
  [
    tool('execute-command', { commandLine: { type: 'string' } }),
    'execute-command {"commandLine":"ls -a"}',
  ],
]

for (const [shell, expected] of SHELLS) {
  test(`run: finds the shell ${shell.name}`, () => {
    const tools = [tool('read_file', { command: { type: 'string' } }), shell]
    expect(inputs(prompt('run: `ls -a`', { tools }))).toEqual([expected])
  })
}

test('run: without a shell is answered with text', () => {
  expect(compose(prompt('run: ls', { tools: [tool('add')] })).finish).toBe('stop')
})

test('what a client puts around the words of a person is not listened to', () => {
  const tools = [tool('Bash', { command: { type: 'string' } })]
  const text =
    '<environment_context>\n<cwd>/tmp</cwd>\nrun: rm -r x\n</environment_context>\nrun: ls'
  expect(inputs(prompt(text, { tools }))).toEqual(['Bash {"command":"ls"}'])
  expect(lastRequest(prompt('<note>only this</note>')).text).toBe('<note>only this</note>')
})

test('words that come in quotes are read without them', () => {
  const tools = [tool('bash', { command: { type: 'string' } })]
  expect(inputs(prompt('"run: echo \\"a\\""\n', { tools }))).toEqual([
    'bash {"command":"echo \\"a\\""}',
  ])
})

test('after the result the answer holds it, and nothing is called again', () => {
  const tools = [tool('add')]
  const done = compose(prompt([said('call add {"a":1}'), called('add'), answered('42')], { tools }))
  expect([done.finish, done.calls]).toEqual(['stop', []])
  expect(done.text).toContain('42')
  const both = compose(
    prompt([said('x'), called('add', 'add'), answered('one'), answered('two')], { tools }),
  )
  expect(both.text).toContain('one\n\ntwo')
})

test('then: a second round waits for the result of the first', () => {
  const tools = [tool('add')]
  const text = 'call add {"a":1}\nthen call add {"a":2}\nthen say: finished'
  const turns = [said(text)]
  expect(inputs(prompt(turns, { tools }))).toEqual(['add {"a":1}'])
  turns.push(called('add'), answered('1'))
  expect(inputs(prompt(turns, { tools }))).toEqual(['add {"a":2}'])
  turns.push(called('add'), answered('2'))
  expect(compose(prompt(turns, { tools }))).toMatchObject({ calls: [], text: 'finished' })
})

test('a later question starts anew', () => {
  const tools = [tool('add')]
  const turns = [said('call add {"a":1}'), called('add'), answered('1'), said('call add {"a":9}')]
  expect(inputs(prompt(turns, { tools }))).toEqual(['add {"a":9}'])
})

const CHOICES: readonly [choice: Prompt['toolChoice'], expected: string[]][] = [
  [{ type: 'none' }, []],
  [{ type: 'auto' }, []],
  [{ type: 'required' }, ['add {"a":1}']],
  [{ type: 'named', name: 'sub' }, ['sub {"a":1}']],
]

for (const [toolChoice, expected] of CHOICES) {
  test(`tool choice ${JSON.stringify(toolChoice)}`, () => {
    const tools = [tool('add'), tool('sub')]
    expect(inputs(prompt('hello', { tools, toolChoice }))).toEqual(expected)
  })
}

test('a choice that forces a call holds until its result is there', () => {
  const tools = [tool('add')]
  const turns = [said('hello'), called('add'), answered('7')]
  const done = compose(prompt(turns, { tools, toolChoice: { type: 'required' } }))
  expect([done.calls, done.text.includes('7')]).toEqual([[], true])
})

test('one call at a time, when parallel ones are not wanted', () => {
  const given = prompt('call add {"a":1} call add {"a":2}', {
    tools: [tool('add')],
    parallelTools: false,
  })
  expect(inputs(given)).toEqual(['add {"a":1}'])
})

const TEXTS: readonly [text: string, expected: string][] = [
  ['say: Hello, World!', 'Hello, World!'],
  ['repeat after me: one\ntwo', 'one\ntwo'],
  ['echo: {"a": [1, 2]}', '{"a": [1, 2]}'],
]

for (const [text, expected] of TEXTS) {
  test(`${JSON.stringify(text)} is said`, () => {
    expect(compose(prompt(text)).text).toBe(expected)
  })
}

test('so many words are so many words', () => {
  expect(compose(prompt('write 120 words')).text.split(/\s+/)).toHaveLength(120)
  expect(words(0, 'x')).toBe('')
})

test('a call that names a session gets a name; one with tools gets an answer', () => {
  const system = 'You are a title generator. You output ONLY a thread title.'
  expect(compose(prompt('fix the login page of my shop', { system })).text).toBe(
    'Fix The Login Page Of',
  )
  expect(compose(prompt('hello', { system, tools: [tool('add')] })).text).toContain('You asked')
})

test('a stop sequence ends before itself; the first to match counts', () => {
  const stopped = compose(prompt('say: a b c d', { stop: [' c', ' zzz'] }))
  expect([stopped.text, stopped.stopSequence, stopped.outputTokens]).toEqual(['a b', ' c', 2])
})

test('thinking counts as output, and is there only when asked for', () => {
  const plain = compose(prompt('say: hi'))
  const thinking = compose(prompt('say: hi', { thinks: true }))
  expect(plain.thinking).toBe('')
  expect(thinking.thinkingTokens).toBeGreaterThan(0)
  expect(thinking.outputTokens).toBe(plain.outputTokens + thinking.thinkingTokens)
})

test('any text gets the same answer twice, within its limit', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 0, max: 40 }),
      (text, maxTokens) => {
        const given = prompt(text, { maxTokens, tools: [tool('add')] })
        const answer = compose(given)
        expect(answer.outputTokens).toBeLessThanOrEqual(maxTokens)
        expect(compose(given)).toEqual(answer)
      },
    ),
  )
})

test('any text is read for directives without harm', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom('call x {', '[tool: a ', 'run:', 'then ', 'say:'),
      (text, word) => {
        expect(Array.isArray(directiveRounds(word + text + word))).toBe(true)
      },
    ),
  )
})
