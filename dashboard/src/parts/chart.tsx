import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import type { Point } from '../data/point.ts'

export interface ChartProps {
  readonly title: string
  readonly points: readonly Point[]
  readonly format: (value: number) => string
  readonly label: (at: number) => string
  readonly bars?: boolean
  readonly tone?: 'accent' | 'bad'
}

const HEIGHT = 190

/** One series over time. The drawing is for eyes; the same numbers stand in a table below it. */
export function Chart(props: ChartProps) {
  const holder = useRef<HTMLDivElement>(null)
  const { points, bars, tone, format, label } = props
  useEffect(() => {
    const element = holder.current
    if (!element) return
    let plot: UPlot | undefined
    const draw = (): void => {
      plot?.destroy()
      plot = new UPlot(optionsFor(props, element.clientWidth), dataOf(points), element)
    }
    draw()
    const resized = new ResizeObserver(() => {
      plot?.setSize({ width: element.clientWidth, height: HEIGHT })
    })
    resized.observe(element)
    // Colours are read when it is drawn.
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', draw)
    addEventListener('themechange', draw)
    return () => {
      resized.disconnect()
      dark.removeEventListener('change', draw)
      removeEventListener('themechange', draw)
      plot?.destroy()
    }
  }, [points, bars, tone])
  return (
    <figure class="chart">
      <div ref={holder} aria-hidden="true" class="chart-drawing" />
      <details>
        <summary>{props.title} as a table</summary>
        <div class="table-frame" role="region" aria-label={`${props.title}, table`} tabIndex={0}>
          <table>
            <tbody>
              {points.map(({ at, value }) => (
                <tr key={at}>
                  <th scope="row">{label(at)}</th>
                  <td class="number">{value === null ? '–' : format(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}

function dataOf(points: readonly Point[]): UPlot.AlignedData {
  return [points.map((point) => point.at), points.map((point) => point.value)]
}

function optionsFor({ format, bars, tone, points }: ChartProps, width: number): UPlot.Options {
  const colour = (name: string): string =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const stroke = colour(tone === 'bad' ? '--bad' : '--accent')
  const font = '12px system-ui, sans-serif'
  const axis = {
    stroke: colour('--muted'),
    font,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  }
  const step = points.length > 1 ? (points[1]?.at ?? 0) - (points[0]?.at ?? 0) : 86_400
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [12, 8, 0, 0],
    scales: {
      x: {
        range: (_plot, low, high) => (bars ? [low - step * 0.7, high + step * 0.7] : [low, high]),
      },
      y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] },
    },
    axes: [
      { ...axis, grid: { show: false }, space: 70 },
      { ...axis, size: 64, space: 36, values: (_plot, ticks) => ticks.map((tick) => format(tick)) },
    ],
    series: [
      {},
      bars
        ? {
            stroke,
            fill: stroke,
            width: 0,
            paths: UPlot.paths.bars?.({ size: [0.62, 34] }) ?? null,
            points: { show: false },
          }
        : {
            stroke,
            width: 2,
            fill: colour('--accent-soft'),
            spanGaps: true,
            points: { show: points.length < 30, size: 5, fill: stroke },
          },
    ],
  } as UPlot.Options
}
