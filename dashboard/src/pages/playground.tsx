import { useRef, useState } from 'preact/hooks'
import { messageOf, query } from '../data/api.ts'
import { remember } from '../data/asked.ts'
import type { Asked } from '../data/asked.ts'
import { dialectNamed, PLAY_DIALECTS } from '../data/dialects.ts'
import type { Question } from '../data/dialects.ts'
import { duration } from '../data/format.ts'
import { play } from '../data/play.ts'
import type { Played } from '../data/play.ts'
import { snippets } from '../data/snippets.ts'
import type { Model } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Card, Empty, PageHead, Problem } from '../parts/card.tsx'
import { Code } from '../parts/copy.tsx'

interface Answer extends Partial<Played> {
  readonly text: string
  readonly running: boolean
  readonly problem?: string
  readonly firstMs?: number
  readonly totalMs?: number
}

export function PlaygroundPage({ search, asked }: { search: URLSearchParams; asked: Asked }) {
  const origin = search.get('replay') ?? ''
  const replayed = asked.get(origin)
  const models = useData<{ models: readonly Model[] }>('/ui/api/models')
  const [model, setModel] = useState(search.get('model') ?? replayed?.model ?? 'gpt-4o')
  const [dialectName, setDialectName] = useState(
    search.get('dialect') ?? replayed?.dialect ?? 'chat',
  )
  const [system, setSystem] = useState(replayed?.system ?? '')
  const [prompt, setPrompt] = useState(replayed?.prompt ?? '')
  const [answer, setAnswer] = useState<Answer>()
  const controller = useRef<AbortController | undefined>(undefined)
  const dialect = dialectNamed(dialectName)
  const question: Question = { model: model.trim(), system, prompt }

  const ask = async (): Promise<void> => {
    controller.current?.abort()
    const current = new AbortController()
    controller.current = current
    const startedAt = performance.now()
    const since = (): number => performance.now() - startedAt
    setAnswer({ text: '', running: true })
    try {
      const onText = (added: string): void => {
        const firstMs = since()
        setAnswer((before) => ({
          firstMs,
          ...before,
          text: (before?.text ?? '') + added,
          running: true,
        }))
      }
      const played = await play(dialect, question, onText, current.signal)
      if (played.requestId !== null) {
        remember(asked, played.requestId, { ...question, dialect: dialect.name })
      }
      setAnswer((before) => ({ text: '', ...before, ...played, running: false, totalMs: since() }))
    } catch (error) {
      const problem = current.signal.aborted ? 'Stopped.' : messageOf(error)
      setAnswer((before) => ({ text: '', ...before, running: false, problem }))
    }
  }

  return (
    <>
      <PageHead
        title="Playground"
        note="Any model in any dialect. It counts as a call of your key."
      />
      <div class="grid two">
        <Card title="Question">
          <form
            class="form"
            onSubmit={(event) => {
              event.preventDefault()
              void ask()
            }}
          >
            <div class="row">
              <div class="field grow">
                <label for="model">Model</label>
                <input
                  id="model"
                  list="models"
                  required
                  value={model}
                  autocomplete="off"
                  onInput={({ currentTarget }) => setModel(currentTarget.value)}
                />
                <datalist id="models">
                  {models.value?.models.map(({ name }) => (
                    <option value={name} key={name} />
                  ))}
                </datalist>
              </div>
              <div class="field grow">
                <label for="dialect">Dialect</label>
                <select
                  id="dialect"
                  value={dialect.name}
                  onChange={({ currentTarget }) => setDialectName(currentTarget.value)}
                >
                  {PLAY_DIALECTS.map(({ name, title }) => (
                    <option value={name} key={name}>
                      {title}
                    </option>
                  ))}
                </select>
              </div>
            </div>
            <div class="field">
              <label for="system">System prompt (optional)</label>
              <textarea
                id="system"
                rows={2}
                value={system}
                onInput={({ currentTarget }) => setSystem(currentTarget.value)}
              />
            </div>
            <div class="field">
              <label for="prompt">Prompt</label>
              <textarea
                id="prompt"
                rows={6}
                required
                value={prompt}
                onInput={({ currentTarget }) => setPrompt(currentTarget.value)}
              />
            </div>
            <div class="actions">
              <button type="submit" class="primary" disabled={answer?.running ?? false}>
                Ask
              </button>
              {answer?.running && (
                <button type="button" onClick={() => controller.current?.abort()}>
                  Stop
                </button>
              )}
            </div>
          </form>
        </Card>
        <Card title="Answer" note={answer && <Facts answer={answer} origin={replayed && origin} />}>
          {answer === undefined ? (
            <Empty title="The answer appears here as it comes." />
          ) : (
            <div
              class="answer"
              aria-live="polite"
              aria-busy={answer.running}
              tabIndex={0}
              role="region"
              aria-label="Answer text"
            >
              {answer.text}
            </div>
          )}
          {answer?.problem !== undefined && <Problem text={answer.problem} />}
        </Card>
      </div>
      <SameCall question={question} dialectName={dialect.name} />
    </>
  )
}

function Facts({ answer, origin }: { answer: Answer; origin: string | undefined }) {
  const { running, firstMs, totalMs, requestId, degraded } = answer
  return (
    <>
      {running && 'streaming…'}
      {firstMs !== undefined && ` first text after ${duration(firstMs)}`}
      {totalMs !== undefined && `, all after ${duration(totalMs)}`}
      {requestId && (
        <>
          {' · '}
          <a href={`#/requests/${encodeURIComponent(requestId)}`}>explain</a>
        </>
      )}
      {requestId && origin !== undefined && (
        <>
          {' · '}
          <a href={`#/requests/compare${query({ a: origin, b: requestId })}`}>
            compare with the first
          </a>
        </>
      )}
      {degraded && ` · without ${degraded}`}
    </>
  )
}

function SameCall({ question, dialectName }: { question: Question; dialectName: string }) {
  const all = snippets(dialectNamed(dialectName), question, location.origin)
  const [chosen, setChosen] = useState('curl')
  const shown = all.find(({ name }) => name === chosen)
  return (
    <Card
      title="The same call"
      actions={
        <div class="tabs" role="group" aria-label="Language">
          {all.map(({ name }) => (
            <button
              type="button"
              key={name}
              aria-pressed={name === chosen}
              onClick={() => setChosen(name)}
            >
              {name}
            </button>
          ))}
        </div>
      }
    >
      <Code text={shown?.text ?? ''} />
    </Card>
  )
}
