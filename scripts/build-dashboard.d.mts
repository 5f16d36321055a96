import type { Metafile } from 'esbuild'

/** Builds the page of `/ui` into this folder. */
export function buildDashboard(folder: string): Promise<Metafile>
