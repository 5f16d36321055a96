import { INSTALLATION_TOKEN_ROUTE } from './apps/installation-token.ts'
import { CHAT_ROUTE } from './chat/chat-route.ts'
import { DEVICE_PAGE_ROUTES } from './device/device-page.ts'
import { DEVICE_ROUTES } from './device/device-routes.ts'
import { EMBEDDINGS_ROUTE } from './embeddings/embeddings-route.ts'
import { GITHUB_ROUTES } from './github/github-routes.ts'
import { MESSAGES_ROUTES } from './messages/messages-routes.ts'
import { MODEL_ROUTES } from './models/model-routes.ts'
import { RESPONSES_ROUTE } from './responses/responses-route.ts'
import type { Route } from './server/routes.ts'

/** Every path the emulator answers; the first match wins. */
export const ROUTES: readonly Route[] = [
  CHAT_ROUTE,
  RESPONSES_ROUTE,
  EMBEDDINGS_ROUTE,
  ...MESSAGES_ROUTES,
  ...MODEL_ROUTES,
  ...GITHUB_ROUTES,
  INSTALLATION_TOKEN_ROUTE,
  ...DEVICE_ROUTES,
  ...DEVICE_PAGE_ROUTES,
]
