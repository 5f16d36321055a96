import type { ComponentChildren } from 'preact'

export function Card(props: {
  title?: string
  note?: ComponentChildren
  actions?: ComponentChildren
  children: ComponentChildren
  wide?: boolean
}) {
  return (
    <section class={props.wide ? 'card wide' : 'card'} aria-label={props.title}>
      {(props.title || props.actions) && (
        <header class="card-head">
          <div>
            {props.title && <h2>{props.title}</h2>}
            {props.note && <p class="note">{props.note}</p>}
          </div>
          {props.actions && <div class="actions">{props.actions}</div>}
        </header>
      )}
      {props.children}
    </section>
  )
}

export function Stat(props: { label: string; value: ComponentChildren; note?: ComponentChildren }) {
  return (
    <div class="stat">
      <dt>{props.label}</dt>
      <dd>{props.value}</dd>
      {props.note && <dd class="note">{props.note}</dd>}
    </div>
  )
}

/** Nothing to show yet, and what to do about it. */
export function Empty(props: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{props.title}</p>
      {props.children && <div class="note">{props.children}</div>}
    </div>
  )
}

export function Problem({ text, retry }: { text: string; retry?: (() => void) | undefined }) {
  return (
    <div class="problem" role="alert">
      <p>{text}</p>
      {retry && (
        <button type="button" class="small" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  )
}

export function Loading() {
  return (
    <p class="loading" role="status">
      Loading…
    </p>
  )
}

/** Waits, fails or shows: the three states of whatever comes from the gateway. */
export function Loaded<Shape>(props: {
  data: { value: Shape | undefined; problem: string | undefined; reload: () => void }
  children: (value: Shape) => ComponentChildren
}) {
  const { value, problem, reload } = props.data
  if (problem !== undefined) return <Problem text={problem} retry={reload} />
  if (value === undefined) return <Loading />
  return <>{props.children(value)}</>
}

export function Badge(props: {
  tone?: 'good' | 'bad' | 'warn' | 'plain'
  children: ComponentChildren
}) {
  return <span class={`badge ${props.tone ?? 'plain'}`}>{props.children}</span>
}

export function PageHead(props: {
  title: string
  note?: ComponentChildren
  children?: ComponentChildren
}) {
  return (
    <header class="page-head">
      <div>
        <h1 tabIndex={-1}>{props.title}</h1>
        {props.note && <p class="note">{props.note}</p>}
      </div>
      {props.children && <div class="actions">{props.children}</div>}
    </header>
  )
}
