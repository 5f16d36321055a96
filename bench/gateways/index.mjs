/** @import { Gateway } from '../types.ts' */

import { bare } from './bare.mjs'
import { bifrost } from './bifrost.mjs'
import { copilotApi } from './copilot-api.mjs'
import { jetway, jetwayAlone } from './jetway.mjs'
import { litellm } from './litellm.mjs'
import { nginx } from './nginx.mjs'
import { portkey } from './portkey.mjs'

/** In the order of the table's columns. @type {readonly Gateway[]} */
export const GATEWAYS = [nginx, bare, jetway, jetwayAlone, copilotApi, portkey, litellm, bifrost]
