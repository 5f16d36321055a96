import { query } from '../data/api.ts'
import type { Asked } from '../data/asked.ts'
import { count, credits, dateTime, dollars, duration } from '../data/format.ts'
import type { Explained } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Badge, Card, Empty, Loaded, PageHead, Stat } from '../parts/card.tsx'
import { Copy } from '../parts/copy.tsx'
import { Outcome } from '../parts/outcome.tsx'
import { Waterfall } from '../parts/waterfall.tsx'
import { CostByKind } from './cost-by-kind.tsx'

/** What became of one call, and why. */
export function RequestPage({ id, asked }: { id: string; asked: Asked }) {
  const data = useData<Explained>(`/v1/requests/${encodeURIComponent(id)}`)
  return (
    <>
      <PageHead title="Request explained" note={<a href="#/requests">← All requests</a>} />
      <Loaded data={data}>{(call) => <Explanation call={call} asked={asked} />}</Loaded>
    </>
  )
}

function Explanation({ call, asked }: { call: Explained; asked: Asked }) {
  return (
    <>
      <div class="id-line">
        <code>{call.request_id}</code> <Copy text={call.request_id} label="Copy id" />
        <Outcome call={call} />
        {call.outcome !== 'ok' && <span>{call.error_detail?.message ?? call.error}</span>}
      </div>
      <dl class="stats">
        <Stat
          label="Credits"
          value={credits(call.spend_credits)}
          note={`${dollars(call.spend_credits)}, ${sourceOf(call)}`}
        />
        <Stat
          label="Tokens"
          value={count(call.total_tokens)}
          note={`${count(call.prompt_tokens)} in, ${count(call.completion_tokens)} out`}
        />
        <Stat
          label="First byte"
          value={duration(call.first_byte_ms)}
          note={call.stream ? 'streamed' : 'in one piece'}
        />
        <Stat
          label="Total"
          value={duration(call.total_ms)}
          note={`${duration(call.overhead_ms)} in the gateway, ${duration(call.queued_ms)} queued`}
        />
      </dl>
      <div class="grid">
        <Card title="What was decided" wide>
          <dl class="facts">
            <Fact name="When">{dateTime(call.startTime)}</Fact>
            <Fact name="Asked for">{call.model_asked || 'no model named'}</Fact>
            <Fact name="Answered by">
              {call.model === null ? 'nobody' : `${call.model} (${call.custom_llm_provider})`}
            </Fact>
            <Fact name="Dialect">{call.dialect}</Fact>
            <Fact name="Wire" why={call.wire_reason}>
              {call.wire ?? 'none'}
              {call.mode === null
                ? ''
                : call.mode === 'relay'
                  ? ', relayed as it came'
                  : ', translated'}
            </Fact>
            <Fact name="Initiator" why={call.initiator_reason}>
              {call.initiator ?? 'none'}
            </Fact>
            <Fact name="Key">{call.key_alias ?? call.key_id ?? 'master key'}</Fact>
            {call.user_id !== null && <Fact name="Person">{call.user_id}</Fact>}
            <Fact name="Seat">{call.seat}</Fact>
          </dl>
        </Card>
        <Card title="Attempts" note="What was sent upstream, and when" wide>
          {call.attempt_list.length === 0 ? (
            <Empty title="Nothing was sent upstream." />
          ) : (
            <Waterfall call={call} />
          )}
        </Card>
        <div class="columns wide">
          <CostByKind call={call} />
          <Card title="Rewrites" note="What was changed of the request, and why">
            {call.rewrites.length === 0 ? (
              <Empty title="None: it was sent as it came." />
            ) : (
              <ul class="list">
                {call.rewrites.map((one) => (
                  <li key={`${one.field}${one.reason}`}>
                    <Badge>{one.action}</Badge> <code>{one.field}</code>
                    <div class="note">{one.reason}</div>
                  </li>
                ))}
              </ul>
            )}
          </Card>
          <Card title="Degraded" note="What the upstream cannot do and the answer does without">
            {call.degraded.length === 0 ? (
              <Empty title="Nothing was lost." />
            ) : (
              <ul class="list">
                {call.degraded.map((one) => (
                  <li key={one}>{one}</li>
                ))}
              </ul>
            )}
          </Card>
          <Replay call={call} asked={asked} />
        </div>
      </div>
    </>
  )
}

/** Prompts are not kept: what was asked on this page can be asked again as it was, the rest needs the prompt once more. */
function Replay({ call, asked }: { call: Explained; asked: Asked }) {
  const model = encodeURIComponent(call.model ?? call.model_asked)
  const isHere = asked.has(call.request_id)
  return (
    <Card title="Ask again, or another model">
      <p class="note">
        {isHere
          ? 'You asked this in the playground, so its prompt is still on this page. Choose another model there; the answers can then be compared.'
          : 'Prompts and answers are never kept, so this call cannot be sent again by itself. The playground opens with its model and dialect; paste the prompt there, and choose any model.'}
      </p>
      <div class="actions">
        {isHere ? (
          <a class="button" href={`#/playground${query({ replay: call.request_id })}`}>
            Ask again
          </a>
        ) : (
          <a class="button" href={`#/playground?model=${model}&dialect=${call.dialect}`}>
            Open in the playground
          </a>
        )}
        <a class="button quiet" href={`#/requests?model=${model}`}>
          Others of this model
        </a>
      </div>
    </Card>
  )
}

function Fact(props: { name: string; why?: string | null; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>
        {props.children}
        {props.why && <div class="note">{props.why}</div>}
      </dd>
    </div>
  )
}

function sourceOf(call: Explained): string {
  if (call.spend_source === 'upstream') return 'as GitHub billed'
  return call.spend_source === 'estimate' ? 'estimated' : 'no cost'
}
