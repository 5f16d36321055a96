import type { PlayDialect, Question } from './dialects.ts'

export interface Snippet {
  readonly name: string
  readonly text: string
}

/** The same call from a shell, from Python and from TypeScript. Needs no library: it is the call itself. */
export function snippets(
  dialect: PlayDialect,
  question: Question,
  origin: string,
): readonly Snippet[] {
  const url = origin + dialect.path(question.model)
  const body = JSON.stringify(dialect.body(question), null, 2)
  return [
    { name: 'curl', text: curl(url, body) },
    { name: 'Python', text: python(url, body) },
    { name: 'TypeScript', text: typescript(url, body) },
  ]
}

function curl(url: string, body: string): string {
  return `curl -N '${url}' \\
  -H "authorization: Bearer $JETWAY_KEY" \\
  -H 'content-type: application/json' \\
  -d '${body.replaceAll("'", "'\\''")}'`
}

function python(url: string, body: string): string {
  return `import json, os, urllib.request

body = json.loads(r"""
${body}
""")
request = urllib.request.Request(
    ${JSON.stringify(url)},
    data=json.dumps(body).encode(),
    headers={
        "authorization": "Bearer " + os.environ["JETWAY_KEY"],
        "content-type": "application/json",
    },
)
with urllib.request.urlopen(request) as response:
    for line in response:
        print(line.decode(), end="")`
}

function typescript(url: string, body: string): string {
  return `const response = await fetch(${JSON.stringify(url)}, {
  method: 'POST',
  headers: {
    authorization: \`Bearer \${process.env.JETWAY_KEY}\`,
    'content-type': 'application/json',
  },
  body: JSON.stringify(${body.replaceAll('\n', '\n  ')}),
})
for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
  process.stdout.write(piece)
}`
}
