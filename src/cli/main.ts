#!/usr/bin/env node
/** The command `jetway`. Nothing is loaded before it is known to be needed: `--version` costs a bare start of Node. */
const version = process.env['JETWAY_VERSION'] ?? '0.0.0'
const words = process.argv.slice(2)

if (words.length === 1 && ['--version', '-V', '-v'].includes(words[0] ?? '')) {
  process.stdout.write(`${version}\n`)
} else {
  const { runProcess } = await import('./run-process.ts')
  await runProcess(words, version)
}
