import type { Access } from '../../core/upstream.ts'
import type { Profile, Purpose } from './profiles.ts'
import { intentFor, MESSAGES_API_VERSION, NEWEST_API_VERSION, profileFor } from './profiles.ts'

export type HeaderBlock = Readonly<Record<string, string>>

/** The headers that are the same for every call of a kind, made once. */
export interface HeaderBlocks {
  block(credential: Access['credential'], purpose: Purpose, stream: boolean): HeaderBlock
  /** Identity for GitHub's own API, which knows no integration and no intent. */
  forGitHub(): HeaderBlock
  /** After a 466: a newer version from now on. False when there is none newer. */
  takeNewerVersion(): boolean
  /** The configuration changed. */
  configure(identity: HeaderBlock): void
}

export function createHeaderBlocks(configured: HeaderBlock): HeaderBlocks {
  const blocks = new Map<string, HeaderBlock>()
  let identity = configured
  let newer: string | undefined

  function versionFor(profile: Profile, purpose: Purpose): string {
    if (newer !== undefined) return newer
    const version = identity['x-github-api-version'] ?? profile.apiVersion
    // Dates as text compare as dates.
    return purpose === 'messages' && version < MESSAGES_API_VERSION ? MESSAGES_API_VERSION : version
  }

  function build(credential: Access['credential'], purpose: Purpose, stream: boolean): HeaderBlock {
    const profile = profileFor(credential)
    const intent = intentFor(purpose)
    const all: Record<string, string> = {
      'content-type': 'application/json',
      accept: stream ? 'text/event-stream' : 'application/json',
      ...profile.headers,
      'openai-intent': intent,
      'x-interaction-type': intent,
      ...(purpose === 'messages' ? { 'anthropic-version': '2023-06-01' } : {}),
      ...identity,
      'x-github-api-version': versionFor(profile, purpose),
      // Set for each call. They stand here so that copying a block gives an object of the final shape: 60 times cheaper.
      'x-initiator': 'agent',
      'x-request-id': '-',
    }
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
  }

  return {
    block(credential, purpose, stream) {
      const key = `${credential} ${purpose} ${stream ? 's' : ''}`
      const known = blocks.get(key)
      if (known) return known
      const block = build(credential, purpose, stream)
      blocks.set(key, block)
      return block
    },
    forGitHub() {
      const known = blocks.get('github')
      if (known) return known
      const all = { ...profileFor('tid').headers, ...identity }
      const block = Object.fromEntries(
        ['editor-version', 'editor-plugin-version', 'user-agent']
          .map((name) => [name, all[name] ?? ''] as const)
          .filter(([, value]) => value !== ''),
      )
      // GitHub's REST API answers 403 to whoever does not say who they are.
      block['user-agent'] ??= 'jetway'
      block['x-github-api-version'] = '2025-04-01'
      blocks.set('github', block)
      return block
    },
    takeNewerVersion() {
      if (newer !== undefined) return false
      newer = NEWEST_API_VERSION
      blocks.clear()
      return true
    },
    configure(changed) {
      identity = changed
      blocks.clear()
    },
  }
}
