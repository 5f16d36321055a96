/**
 * Asks the terminal to copy a text, which also works over SSH. Terminals that do not know the sequence, or do not allow it,
 * ignore it. https://invisible-island.net/xterm/ctlseqs/ctlseqs.html (OSC 52)
 */
export function copySequence(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const sequence = `\u001B]52;c;${Buffer.from(text).toString('base64')}\u0007`
  // tmux passes it on only when wrapped.
  return environment['TMUX']
    ? `\u001BPtmux;${sequence.replaceAll('\u001B', '\u001B\u001B')}\u001B\\`
    : sequence
}
