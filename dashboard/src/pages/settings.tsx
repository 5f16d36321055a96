import type { Session } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Badge, Card, Loaded, PageHead } from '../parts/card.tsx'
import { Code } from '../parts/copy.tsx'

interface Ready {
  readonly status: string
  readonly version: string
}

/** How tools find this gateway, and how it fares. What it does is set in its configuration, not here. */
export function SettingsPage({ session }: { session: Session }) {
  const ready = useData<Ready>('/health/readiness')
  return (
    <>
      <PageHead
        title="Settings"
        note="How tools find this gateway. What it does is set in its config.yaml, which it follows while it runs."
      />
      <div class="grid one">
        <Card title="Point tools here" note="With a key of your own in place of YOUR_KEY">
          <Code text={environment(location.origin)} />
        </Card>
        <Card title="This gateway">
          <Loaded data={ready}>
            {({ status, version }) => (
              <dl class="facts">
                <Fact name="State">
                  <Badge tone={status === 'ready' ? 'good' : 'warn'}>{status}</Badge>
                </Fact>
                <Fact name="Version">{version}</Fact>
                <Fact name="Keys">
                  {session.open
                    ? 'none needed: it is open to this machine'
                    : 'needed for every call'}
                </Fact>
                <Fact name="For machines">
                  <a href="/metrics">/metrics</a>, <a href="/openapi.json">/openapi.json</a>
                </Fact>
              </dl>
            )}
          </Loaded>
        </Card>
      </div>
    </>
  )
}

function Fact(props: { name: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}

function environment(origin: string): string {
  return `# OpenAI: chat, responses, embeddings
export OPENAI_BASE_URL=${origin}/v1
export OPENAI_API_KEY=YOUR_KEY

# Anthropic, Claude Code
export ANTHROPIC_BASE_URL=${origin}
export ANTHROPIC_AUTH_TOKEN=YOUR_KEY

# Gemini
export GOOGLE_GEMINI_BASE_URL=${origin}
export GEMINI_API_KEY=YOUR_KEY

# Ollama
export OLLAMA_HOST=${origin}`
}
