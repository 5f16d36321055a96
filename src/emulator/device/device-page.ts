import type { Incoming } from '../server/incoming.ts'
import type { Reply } from '../server/reply.ts'
import type { Route } from '../server/routes.ts'
import type { World } from '../world.ts'

/** The page where a person enters the code, as on github.com; approving needs no password here. */
export const DEVICE_PAGE_ROUTES: readonly Route[] = [
  {
    name: 'device-page',
    service: 'login',
    method: 'GET',
    path: /^\/login\/device$/,
    handle: (world, incoming) => formPage(world, incoming.query.get('user_code') ?? ''),
  },
  {
    name: 'device-approval',
    service: 'login',
    method: 'POST',
    path: /^\/login\/device$/,
    handle: decide,
  },
]

function decide(world: World, incoming: Incoming): Reply {
  // A page of another site must not be able to approve a code in someone's browser.
  const { origin } = incoming.headers
  if (origin !== undefined && origin !== world.origins.main) {
    return page(403, 'Refused', '<p>This form was sent from another site.</p>')
  }
  const fields = new URLSearchParams(incoming.text)
  const code = world.devices.byUserCode(fields.get('user_code') ?? '')
  if (!code || code.state === 'used' || code.expiresAtMs <= world.clock.now()) {
    return formPage(
      world,
      '',
      'That code is not known, or it has expired. Look at your terminal for the current one.',
    )
  }
  const denied = fields.get('decision') === 'deny'
  code.state = denied ? 'denied' : 'approved'
  code.login = world.accounts.require(fields.get('login') ?? undefined).login
  return denied
    ? page(200, 'Denied', '<p>The device was not authorized. You can close this page.</p>')
    : page(
        200,
        'Congratulations, you are all set!',
        `<p>Your device is now connected as <b>${escapeHtml(code.login)}</b>. Go back to your terminal.</p>`,
      )
}

function formPage(world: World, userCode: string, problem = ''): Reply {
  const options = world.accounts
    .list()
    .map((account) => `<option>${escapeHtml(account.login)}</option>`)
    .join('')
  return page(
    problem === '' ? 200 : 422,
    'Device activation',
    `${problem === '' ? '' : `<p role="alert">${problem}</p>`}
<form method="post" action="/login/device">
<p><label>Code shown on your device<br>
<input name="user_code" value="${escapeHtml(userCode)}" placeholder="ABCD-1234" autocomplete="off" autofocus required></label></p>
<p><label>Sign in as<br><select name="login">${options}</select></label></p>
<p><button name="decision" value="approve">Authorize</button>
<button name="decision" value="deny">Cancel</button></p>
</form>`,
  )
}

function page(status: number, title: string, body: string): Reply {
  return {
    kind: 'whole',
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    },
    body: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} · GitHub emulator</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}
input,select,button{font:inherit;padding:.5rem}input,select{width:100%;box-sizing:border-box}</style></head>
<body><h1>${title}</h1>
${body}
<p><small>This is the emulator of Jetway, not GitHub.</small></p></body></html>
`,
  }
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
