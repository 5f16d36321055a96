/** What a service manager starts. */
export interface ServiceStart {
  /** Node, the command's file, and its words. */
  readonly line: readonly string[]
  /** With the secrets, if any: read at the start, written by the person. */
  readonly environmentFile: string
  readonly logFile: string
}

export interface ServiceFile {
  readonly path: string
  readonly text: string
  /** Command lines that bring it into force, and take it out again. */
  readonly enable: readonly (readonly [string, ...string[]])[]
  readonly disable: readonly (readonly [string, ...string[]])[]
}

/** https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html. A little longer than the gateway's own drain. */
export function systemdUnit(path: string, { line, environmentFile }: ServiceStart): ServiceFile {
  const name = 'jetway.service'
  return {
    path,
    text: `[Unit]
Description=Jetway, the gateway to a GitHub Copilot seat
After=network-online.target

[Service]
ExecStart=${line.map(systemdWord).join(' ')}
EnvironmentFile=-${systemdPath(environmentFile)}
Restart=on-failure
RestartSec=2
RestartPreventExitStatus=2 4
TimeoutStopSec=40
UMask=0077
LimitCORE=0
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`,
    enable: [
      ['systemctl', '--user', 'daemon-reload'],
      ['systemctl', '--user', 'enable', '--now', name],
    ],
    disable: [['systemctl', '--user', 'disable', '--now', name]],
  }
}

function systemdWord(word: string): string {
  const text = systemdPath(word).replaceAll('$', '$$$$')
  return /^[\w./:=%$-]+$/.test(text)
    ? text
    : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** The percent sign begins a specifier. */
function systemdPath(path: string): string {
  return path.replaceAll('%', '%%')
}

const LABEL = 'dev.jetway.gateway'

/** https://developer.apple.com/library/archive/documentation/MacOSX/Conceptual/BPSystemStartup/ (launchd.plist(5)). */
export function launchdAgent(path: string, { line, logFile }: ServiceStart): ServiceFile {
  const words = line.map((word) => `    <string>${xml(word)}</string>`).join('\n')
  return {
    path,
    text: `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${words}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ExitTimeOut</key>
  <integer>40</integer>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardErrorPath</key>
  <string>${xml(logFile)}</string>
</dict>
</plist>
`,
    enable: [['launchctl', 'load', '-w', path]],
    disable: [['launchctl', 'unload', '-w', path]],
  }
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
