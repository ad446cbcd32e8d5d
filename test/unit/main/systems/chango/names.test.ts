import { describe, expect, test } from 'vitest'
import { backupKeys, nameIn, namesFor } from '../../../../../src/main/systems/chango/object-names.ts'
import { parseSidecar } from '../../../../../src/main/systems/chango/sidecar.ts'
import { parseTimestamp } from '../../../../../src/main/systems/chango/timestamps.ts'

const uuid = '0a1b2c3d-1111-2222-3333-444455556666'
const older = `chango-20260530-020000-${uuid}`
const newer = '20260808T024859-59e9eb89'

describe('which keys are backups', () => {
  test.each([
    [`${older}.tar.gz`, older],
    [`prod/${older}.tar.gz`, older],
    [`prod-${older}.tar.gz`, older],
    [`a/b/c_${older}.tar.gz`, older],
    [`chango-backups-${older}.tar.gz`, older],
    [`${newer}.tar.gz`, newer],
    [`chango-backups/${newer}.tar.gz`, newer],
    [`x--${newer}.tar.gz`, newer],
    ['chango-anything.tar.gz', 'chango-anything'],
  ])('%s is %s', (key, id) => {
    expect(nameIn(key)).toBe(id)
  })

  test.each([
    `prod${older}.tar.gz`,
    `é${newer}.tar.gz`,
    `1${newer}.tar.gz`,
    `${older}.tar.gz.sha256`,
    `${older}.tgz`,
    `${newer}/x.tar.gz`,
    '20260808T024859-59E9EB89.tar.gz',
    'chango-.tar.gz',
    'manifest.json',
    '',
  ])('%j is none', (key) => {
    expect(nameIn(key)).toBeNull()
  })

  test('two keys of the same name go by their whole keys', () => {
    const found = backupKeys([`a/${newer}.tar.gz`, `b/${newer}.tar.gz`, `b/${older}.tar.gz`])
    expect(found.map(({ backupId }) => backupId)).toEqual([`a/${newer}`, `b/${newer}`, older])
  })

  test('an archive may call itself by any name that its key can mean', () => {
    expect(namesFor(`p/chango-${newer}.tar.gz`)).toEqual([`chango-${newer}`, newer, `p/chango-${newer}`])
    expect(namesFor(`chango-backups/${newer}.tar.gz`)).not.toContain('59e9eb89')
  })
})

describe('the time of a backup', () => {
  test.each([
    [newer, '2026-08-08T02:48:59.000Z'],
    [older, '2026-05-30T02:00:00.000Z'],
    [`chango-20260530T020000-${uuid}`, '2026-05-30T02:00:00.000Z'],
    [`chango-20260530T020000Z-${uuid}`, '2026-05-30T02:00:00.000Z'],
    [`chango-20260530020000-${uuid}`, '2026-05-30T02:00:00.000Z'],
    [`chango-20260530020000123-${uuid}`, '2026-05-30T02:00:00.123Z'],
    [`chango-2026-05-30T02-00-00-${uuid}`, '2026-05-30T02:00:00.000Z'],
    [`chango-2026-05-30T02:00:00.5Z-${uuid}`, '2026-05-30T02:00:00.500Z'],
    [`chango-2026_05_30_02_00_00-${uuid}`, '2026-05-30T02:00:00.000Z'],
    [`chango-1780106400000-${uuid}`, '2026-05-30T02:00:00.000Z'],
    [`chango-1780106400-${uuid}`, '2026-05-30T02:00:00.000Z'],
    ['chango-20260530-12345678-1111-2222-3333-444455556666', '2026-05-30T00:00:00.000Z'],
    ['chango-20260530-12345678', '2026-05-30T00:00:00.000Z'],
    [`chango-nightly-${uuid}`, null],
    ['chango-20261399-020000', null],
    ['chango-20260230-020000', null],
    ['chango-20260530-250000', '2026-05-30T00:00:00.000Z'],
  ])('of %s is %s', (name, time) => {
    expect(backupKeys([`${name}.tar.gz`])[0]?.createdAt).toBe(time)
  })

  test.each([
    ['2026-08-08T02:48:59.123456789Z', '2026-08-08T02:48:59.123Z'],
    ['2026-08-08T11:48:59+09:00', '2026-08-08T02:48:59.000Z'],
    ['2026-08-08T11:48:59+09:00[Asia/Seoul]', '2026-08-08T02:48:59.000Z'],
    ['2026-08-08 02:48:59', '2026-08-08T02:48:59.000Z'],
    ['2026-08-08T02:48Z', '2026-08-08T02:48:00.000Z'],
    ['1780106400000', '2026-05-30T02:00:00.000Z'],
    ['yesterday', null],
    ['0000-00-00', null],
    ['', null],
  ])('in a manifest as %j is %s', (text, time) => {
    expect(parseTimestamp(text)).toBe(time)
  })
})

describe('a sidecar', () => {
  const hex = 'AB'.repeat(32)
  const key = `prod/${newer}.tar.gz`
  const parse = (text: string) => parseSidecar(new TextEncoder().encode(text), key)

  test.each([
    `${hex}  ${newer}.tar.gz\n`,
    `${hex}  ${newer}.tar.gz`,
    `${hex} *${newer}.tar.gz\r\n`,
    `${hex}  ${key}\n`,
  ])('%j speaks for its object', (text) => {
    expect(parse(text)).toEqual({ kind: 'line', sha256: hex.toLowerCase() })
  })

  test.each([
    '',
    hex,
    `${hex}  other.tar.gz\n`,
    `${hex.slice(1)}  ${newer}.tar.gz\n`,
    `${hex}  ${newer}.tar.gz\n\n`,
  ])('%j does not', (text) => {
    expect(parse(text)).toMatchObject({ kind: 'wrong' })
  })
})
