/** What an image is by its first bytes, whatever its server calls it; `undefined` for what no model takes. */
export function imageType(bytes: Uint8Array): string | undefined {
  const beginning = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 12))
  return KINDS.find(([signature]) => signature.test(beginning.toString('latin1')))?.[1]
}

// oxlint-disable-next-line no-control-regex -- the first byte of every PNG, and the length within a WebP, are no text
const PNG = /^\x89PNG\r\n\x1a\n/
const KINDS: readonly (readonly [RegExp, string])[] = [
  [PNG, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF[\s\S]{4}WEBP/, 'image/webp'],
]
