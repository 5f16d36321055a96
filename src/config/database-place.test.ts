import { describe, expect, test } from 'vitest'
import { useConfigFolder } from './__fixtures__/use-config-folder.ts'
import { isDatabasePlace, requireDatabasePlace } from './database-place.ts'
import { loadConfig } from './index.ts'

const { problems } = useConfigFolder()

test.each([
  'postgres://ada:secret@db/jetway',
  'postgresql://db',
  'POSTGRES://db/jetway',
  ':memory:',
  'jetway.db',
  './odd:name.db',
  '/var/lib/jetway/jetway.db',
  '../my data/jetway.db',
  String.raw`C:\data\jetway.db`,
  'C:/data/jetway.db',
  'file:jetway.db',
  'file:./jetway.db',
  'file:///var/lib/jetway.db',
])('%s is a place for the data', (place) => {
  expect(isDatabasePlace(place)).toBe(true)
})

const WRONG = [
  'postgresql+asyncpg://ada:secret@db/jetway',
  'mysql://ada:secret@db/jetway',
  'sqlite:///secret.db',
  'sqlite:secret.db',
  'postgres:ada:secret@db/jetway',
  ' postgres://ada:secret@db/jetway',
  'ada:secret@db/jetway',
  'a:secret@db/jetway',
  'ada_l:secret@db/jetway',
  'host=db user=ada password=secret',
  'file://host/secret.db',
  'file:secret.db?mode=ro',
]

describe.each(WRONG)('%j', (place) => {
  test('is none, and is not repeated', () => {
    expect(isDatabasePlace(place)).toBe(false)
    expect(() => requireDatabasePlace(place)).toThrow(/^DATABASE_URL must be postgres:\/\//)
    expect(() => requireDatabasePlace(place)).not.toThrow(/secret/)
  })

  test.each(['general_settings', 'jetway', 'jetway_settings'])(
    'is an error as database_url of %s, with its place',
    async (section) => {
      const found = await problems(`${section}:\n  database_url: ${JSON.stringify(place)}\n`)
      expect(found).toEqual([
        expect.stringMatching(
          new RegExp(`^config\\.yaml:2:17: ${section}\\.database_url must be postgres://`),
        ),
      ])
      expect(found.join()).not.toContain('secret')
    },
  )

  // Whoever embeds a gateway without a database, or asks one from here, may have another program's in the environment.
  test('as DATABASE_URL it is no matter of those who open no database', async () => {
    await expect(loadConfig({ environment: { DATABASE_URL: place } })).resolves.toBeDefined()
  })
})
