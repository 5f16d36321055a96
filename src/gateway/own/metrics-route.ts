import type { OwnRoute } from './own-route.ts'

/** What a page of metrics takes to be served. */
export interface MetricsPage {
  readonly contentType: string
  text(): Promise<string>
}

/** Open, as scrapers expect; it holds counts, and no names but those of models. */
export function metricsRoute(metrics: MetricsPage): OwnRoute {
  return {
    method: 'GET',
    path: '/metrics',
    access: 'anyone',
    summary: 'Metrics for Prometheus',
    answer: async () => ({
      body: await metrics.text(),
      headers: { 'content-type': metrics.contentType },
    }),
  }
}
