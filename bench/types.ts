/**
 * The words of the bench. Types only: the scripts are plain JavaScript, because Node 20 runs no
 * TypeScript by itself, and they name these in JSDoc.
 */

/** A wire format, by the name its provider gives the endpoint. */
export type Wire = 'chat' | 'responses' | 'messages'

/** `clean` needs no repair; `quirky` lacks and adds what Copilot's answers lack and add. */
export type Flavour = 'clean' | 'quirky'

export interface Pace {
  readonly chunks: number
  readonly everyMs: number
  readonly flavour: Flavour
}

/** What kind of call a row makes, before a gateway says how it wants to be asked. */
export interface CallKind {
  /** What the client speaks. */
  readonly dialect: Wire
  /** What the upstream speaks. */
  readonly wire: Wire
  readonly stream: boolean
  readonly prompt: 'small' | 'large'
}

/** How one gateway is asked for one kind of call. */
export interface Route {
  readonly dialect: Wire
  readonly path: string
  readonly model: string
}

/** Where a gateway is to listen, and what stands behind it. */
export interface Place {
  readonly port: number
  readonly upstreamPort: number
  /** A folder of its own, emptied before each run. */
  readonly folder: string
}

interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

interface Greeting {
  readonly headers: Readonly<Record<string, string>>
  readonly notes: readonly string[]
}

/** One gateway under test. Everything that is particular to it is in its own file. */
export interface Gateway {
  readonly name: string
  readonly title: string
  /** Makes it runnable; throws with the reason when that fails. */
  readonly prepare: (options: PrepareOptions) => Promise<Prepared>
  readonly readyPath: string
  /** The line on stdout that says it accepts calls, where it prints one. */
  readonly readyLine?: RegExp
  readonly startTimeoutMs?: number
  /** Undefined where it cannot make this kind of call. */
  readonly route: (kind: CallKind) => Route | undefined
  /** Runs once after the start: makes keys, says which headers every call carries. */
  readonly greet: (place: Place) => Promise<Greeting>
}

export interface Prepared {
  readonly version: string
  /** Writes its configuration and says how to start it. */
  readonly command: (place: Place) => Promise<Command>
}

export interface PrepareOptions {
  readonly cacheFolder: string
  readonly install: boolean
  readonly say: (line: string) => void
}

/** CPU and memory of a process and all its descendants. */
export interface TreeUse {
  readonly processes: number
  /** User and system time, with that of descendants that have ended. */
  readonly cpuMs: number
  readonly residentBytes: number
}

/** p50, p90, p99 and the largest, in milliseconds. */
export interface Spread {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

interface JobBase {
  readonly host: string
  readonly port: number
  /** The whole request, head and body. */
  readonly request: string
  /** The process whose tree is weighed; absent when nothing stands between. */
  readonly weigh?: number
}

/** Each connection asks again as soon as it has its answer. */
export interface CallsJob extends JobBase {
  readonly kind: 'calls'
  readonly connections: number
  readonly warmUpMs: number
  readonly measureMs: number
}

/** A fixed number of calls a second, whatever the answers do. */
export interface RateJob extends JobBase {
  readonly kind: 'rate'
  readonly perSecond: number
  readonly connections: number
  readonly warmUpMs: number
  readonly measureMs: number
}

/** Each connection runs one stream after the other. */
export interface StreamsJob extends JobBase {
  readonly kind: 'streams'
  readonly connections: number
  readonly warmUpWaves: number
  readonly waves: number
}

/** Opens many streams, holds them, and weighs the gateway before and during. */
export interface OpenStreamsJob extends JobBase {
  readonly kind: 'open-streams'
  readonly warmUpStreams: number
  readonly streams: number
  readonly perSecond: number
  readonly holdMs: number
}

export type Job = CallsJob | RateJob | StreamsJob | OpenStreamsJob

interface ResultBase {
  readonly failed: number
  readonly firstFailure?: string
  readonly elapsedMs: number
  readonly cpuMs?: number
  readonly residentBytes?: number
}

export interface CallsResult extends ResultBase {
  readonly kind: 'calls'
  readonly calls: number
  readonly latency: Spread
}

export interface RateResult extends ResultBase {
  readonly kind: 'rate'
  readonly calls: number
  /** The gateway fell so far behind that the run was cut short. */
  readonly saturated: boolean
  readonly latency: Spread
}

export interface StreamsResult extends ResultBase {
  readonly kind: 'streams'
  readonly streams: number
  readonly events: number
  /** Reads that brought at least one whole event: fewer than events where chunks were joined. */
  readonly reads: number
  readonly firstByte: Spread
  readonly gap: Spread
}

export interface OpenStreamsResult extends ResultBase {
  readonly kind: 'open-streams'
  readonly streams: number
  readonly opened: number
  readonly bytesBefore: number
  readonly bytesDuring: number
}

export type JobResult = CallsResult | RateResult | StreamsResult | OpenStreamsResult

/** What one measurement of one gateway in one row and round gave, or why it gave nothing. */
export type Cell =
  | { readonly figures: Readonly<Record<string, number>>; readonly note?: string }
  | { readonly failed: string }
  | { readonly absent: string }

export interface Measurement {
  readonly row: string
  readonly gateway: string
  readonly round: number
  readonly cell: Cell
}

/** A gateway that accepts calls, or the upstream itself for calls that go direct. */
export interface Running {
  readonly name: string
  readonly port: number
  readonly headers: Readonly<Record<string, string>>
  readonly weigh?: number
  readonly route: (kind: CallKind) => Route | undefined
}

/** How long everything takes, by how exact it is to be. */
export interface Lengths {
  /**
   * Before a gateway is measured for the first time: engines that compile what is hot (as Node's does)
   * are at it for some 70,000 calls, and what is asked here is what a call costs a gateway that runs, not one that starts.
   */
  readonly practiceMs: number
  readonly warmUpMs: number
  readonly measureMs: number
  readonly warmUpWaves: number
  readonly waves: number
  readonly openStreams: number
  readonly holdMs: number
  readonly starts: number
  readonly versions: number
}

/** What a row may use. */
export interface Bench {
  readonly lengths: Lengths
  /** Runs a job in the load process. */
  readonly load: <T extends Job>(
    job: T,
    dialect: Wire,
  ) => Promise<Extract<JobResult, { kind: T['kind'] }>>
  readonly weigh: (pid: number) => TreeUse
  /** How many calls the upstream has answered so far. */
  readonly answered: () => Promise<number>
  /** Starts another one of a gateway that is there already, and ends it afterwards. */
  readonly fresh: <T>(gateway: string, use: (running: Running) => Promise<T>) => Promise<T>
  /** How long from spawning a gateway until it says, or shows, that it accepts calls. */
  readonly timeStart: (gateway: string) => Promise<number>
  /** How long a program takes from spawning to its end, on the gateway's core. */
  readonly timeProgram: (file: string, args: readonly string[]) => Promise<number>
}

/** One line of what is measured. */
export interface Row {
  readonly name: string
  readonly title: string
  /** What the upstream is told before. */
  readonly pace?: Pace
  /** The calls it makes; a gateway without a route for them is left out. */
  readonly kind?: CallKind
  /** The gateways it is for; all of them when absent. */
  readonly only?: readonly string[]
  /** It starts processes of its own; the one that runs already stays paused. */
  readonly apart?: boolean
  /** Measured without anything between as well. */
  readonly direct?: boolean
  /** `isCold`: the gateway has had no work before. */
  readonly measure: (
    bench: Bench,
    running: Running,
    isCold: boolean,
  ) => Promise<Readonly<Record<string, number>>>
}
