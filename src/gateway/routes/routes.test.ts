import { describe, expect, test } from 'vitest'
import { BadRequestError } from '../../core/errors.ts'
import { pathOf } from './path-of.ts'
import { createRouter } from './router.ts'

describe('a router', () => {
  const router = createRouter<string>()
  const routes = [
    ['POST', '/v1/models/:target{.+}'],
    ['GET', '/v1/models'],
    ['GET', '/v1/models/:id{.+}'],
    ['GET', '/seats/stops'],
    ['GET', '/seats/:user'],
    ['GET', '/seats/late'],
    ['GET', '/responses/:id/input_items'],
    ['GET', '/openapi.json'],
  ] as const
  for (const [method, path] of routes) router.add(method, path, `${method} ${path}`)

  test.each([
    ['GET', '/v1/models', 'GET /v1/models', {}],
    ['GET', '/v1/models/a/b', 'GET /v1/models/:id{.+}', { id: 'a/b' }],
    ['POST', '/v1/models/a:b', 'POST /v1/models/:target{.+}', { target: 'a:b' }],
    ['GET', '/seats/stops', 'GET /seats/stops', {}],
    ['GET', '/seats/late', 'GET /seats/:user', { user: 'late' }],
    ['GET', '/seats/a%2Fb%zz', 'GET /seats/:user', { user: 'a/b%zz' }],
    ['GET', '/responses/r/input_items', 'GET /responses/:id/input_items', { id: 'r' }],
  ])('%s %s is %s', (method, path, target, params) => {
    expect(router.find(method, path)).toEqual({ target, params })
  })

  test.each([
    ['POST', '/v1/models'],
    ['GET', '/v1/models/'],
    ['GET', '/seats/a/b'],
    ['GET', '/x/v1/models/a'],
    ['GET', '/openapiXjson'],
  ])('%s %s is nothing', (method, path) => {
    expect(router.find(method, path)).toBeUndefined()
  })
})

describe('the path of a request', () => {
  test.each([
    ['/v1/models?x=/y#z', '/v1/models'],
    ['/v1/%6dodels', '/v1/models'],
    ['/a%2Fb', '/a%2Fb'],
    ['/a%252Fb', '/a%252Fb'],
    ['/a/../b', '/b'],
    ['/a/%2e%2E/b', '/b'],
    ['/..', '/'],
    ['/a..b/.c', '/a..b/.c'],
    ['/%ff/%C3%A4', '/%ff/ä'],
    ['http://other.example/v1/models', '/v1/models'],
  ])('%s is %s', (target, path) => {
    expect(pathOf(target)).toBe(path)
  })

  test.each([
    ['*', 'localhost'],
    ['/a\\b', 'localhost'],
    ['http://', 'localhost'],
    ['/', 'a b'],
    ['/', 'owner@evil'],
    ['/', 'host:99999'],
  ])('%s of %s is none', (target, host) => {
    expect(() => pathOf(target, host)).toThrow(BadRequestError)
  })

  test.each(['LOCALHOST:4000', '[::1]:99', '127.0.0.1:65535'])('%s is a host', (host) => {
    expect(pathOf('/', host)).toBe('/')
  })
})
