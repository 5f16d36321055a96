import { useEffect, useRef, useState } from 'preact/hooks'
import { ask } from './data/api.ts'
import type { Asked } from './data/asked.ts'
import { usePlace } from './data/router.ts'
import type { Place } from './data/router.ts'
import { useData } from './data/use-data.ts'
import type { Session } from './data/types.ts'
import { Empty, Loading, Problem } from './parts/card.tsx'
import { AuditPage } from './pages/audit.tsx'
import { ComparePage } from './pages/compare.tsx'
import { KeysPage } from './pages/keys.tsx'
import { ModelsPage } from './pages/models.tsx'
import { OverviewPage } from './pages/overview.tsx'
import { PeoplePage } from './pages/people.tsx'
import { PlaygroundPage } from './pages/playground.tsx'
import { RequestPage } from './pages/request.tsx'
import { RequestsPage } from './pages/requests.tsx'
import { SeatsPage } from './pages/seats.tsx'
import { SettingsPage } from './pages/settings.tsx'
import { SignIn } from './pages/sign-in.tsx'
import { TeamsPage } from './pages/teams.tsx'
import { ThemeChoice } from './theme.tsx'

interface Entry {
  readonly name: string
  readonly title: string
  readonly administrators?: boolean
}

const PAGES: readonly Entry[] = [
  { name: 'overview', title: 'Overview' },
  { name: 'requests', title: 'Requests' },
  { name: 'models', title: 'Models' },
  { name: 'playground', title: 'Playground' },
  { name: 'keys', title: 'Keys' },
  { name: 'seats', title: 'Seats' },
  { name: 'people', title: 'People', administrators: true },
  { name: 'teams', title: 'Teams', administrators: true },
  { name: 'audit', title: 'Audit', administrators: true },
  { name: 'settings', title: 'Settings' },
]

export function App() {
  const session = useData<Session>('/ui/api/session')
  const { reload } = session
  useEffect(() => {
    addEventListener('unauthorised', reload)
    return () => {
      removeEventListener('unauthorised', reload)
    }
  }, [reload])
  if (session.problem !== undefined) {
    return (
      <main class="alone">
        <Problem text={session.problem} retry={session.reload} />
      </main>
    )
  }
  if (!session.value) {
    return (
      <main class="alone">
        <Loading />
      </main>
    )
  }
  if (!session.value.signed_in) return <SignIn onDone={session.reload} />
  return <Shell session={session.value} onSignedOut={session.reload} />
}

function Shell({ session, onSignedOut }: { session: Session; onSignedOut: () => void }) {
  const place = usePlace()
  const [menu, setMenu] = useState(false)
  const main = useRef<HTMLElement>(null)
  const asked = useRef<Asked>(new Map())
  const isAdministrator = session.role === 'administrator'
  const pages = PAGES.filter((page) => isAdministrator || !page.administrators)
  const current = pages.find(({ name }) => name === (place.path[0] ?? 'overview'))
  const where = place.path.join('/')
  const first = useRef(true)
  useEffect(() => {
    document.title = `${current?.title ?? 'Not found'} · Jetway`
    setMenu(false)
    // Whoever listens hears where he is now; at the first visit the browser tells by itself.
    if (first.current) first.current = false
    else main.current?.querySelector('h1')?.focus()
  }, [where])
  const signOut = async (): Promise<void> => {
    await ask('/ui/api/session', { method: 'DELETE' })
    onSignedOut()
  }
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={(event) => skipTo(event, main.current)}>
        Skip to content
      </a>
      <header class="bar-top">
        <a class="brand" href="#/overview">
          <img src="/ui/assets/icon.svg" alt="" width="26" height="26" /> Jetway
        </a>
        <button
          type="button"
          class="menu-button"
          aria-expanded={menu}
          aria-controls="navigation"
          onClick={() => {
            setMenu(!menu)
          }}
        >
          Menu
        </button>
      </header>
      <div class={menu ? 'side open' : 'side'} id="navigation">
        <nav aria-label="Pages">
          <ul>
            {pages.map(({ name, title }) => (
              <li key={name}>
                <a href={`#/${name}`} aria-current={current?.name === name ? 'page' : undefined}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <section class="side-foot" aria-label="Session and theme">
          <ThemeChoice />
          <p class="note">
            {session.open ? 'Open gateway on this machine' : `Signed in: ${session.name}`}
            <br />
            {session.role} · {session.version}
          </p>
          {!session.open && (
            <button type="button" class="small" onClick={() => void signOut()}>
              Sign out
            </button>
          )}
        </section>
      </div>
      <main id="main" ref={main}>
        <Page name={current?.name} place={place} session={session} asked={asked.current} />
      </main>
    </div>
  )
}

function Page(props: { name: string | undefined; place: Place; session: Session; asked: Asked }) {
  const { name, place, session, asked } = props
  switch (name) {
    case 'overview':
      return <OverviewPage session={session} />
    case 'requests':
      if (place.path[1] === 'compare') return <ComparePage search={place.search} />
      if (place.path[1] !== undefined) return <RequestPage id={place.path[1]} asked={asked} />
      return <RequestsPage search={place.search} />
    case 'models':
      return <ModelsPage />
    case 'playground':
      return <PlaygroundPage key={place.search.toString()} search={place.search} asked={asked} />
    case 'keys':
      return <KeysPage session={session} />
    case 'seats':
      return <SeatsPage session={session} />
    case 'people':
      return <PeoplePage />
    case 'teams':
      return <TeamsPage />
    case 'settings':
      return <SettingsPage session={session} />
    case 'audit':
      return <AuditPage />
    default:
      return (
        <>
          <h1 tabIndex={-1}>Not found</h1>
          <Empty title="There is no such page.">
            <a href="#/overview">Go to the overview</a>
          </Empty>
        </>
      )
  }
}

/** The address behind `#` names a page, not a place on it. */
function skipTo(event: Event, main: HTMLElement | null): void {
  event.preventDefault()
  main?.querySelector('h1')?.focus()
}
