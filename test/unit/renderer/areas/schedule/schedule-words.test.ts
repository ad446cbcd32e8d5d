import { expect, test } from 'vitest'
import type { ClusterSetting } from '../../../../../src/shared/contract/masters.ts'
import {
  changesIn,
  nextNote,
  settingWords,
  zoneChoices,
} from '../../../../../src/renderer/areas/schedule/model/schedule-words.ts'
import { zonedWords } from '../../../../../src/renderer/ui/zoned-words.ts'

function setting(name: string, fields: Partial<ClusterSetting> = {}): ClusterSetting {
  return { name, label: name, help: '', kind: 'text', choices: [], value: 'a', canChange: true, ...fields }
}

test('only what was changed is sent; an emptied field is none', () => {
  const settings = [
    setting('cron', { kind: 'cron', value: '0 2 * * *' }),
    setting('days', { kind: 'days', value: '30' }),
    setting('place', { canChange: false }),
    setting('key', { kind: 'secret', value: 'set' }),
    setting('sse', { kind: 'choice', value: null }),
  ]
  expect(
    changesIn(settings, { cron: ' 0 2 * * * ', days: '7', place: 'elsewhere', key: 'typed', sse: '' }),
  ).toEqual({ days: '7' })
  expect(changesIn(settings, { cron: '' })).toEqual({ cron: null })
})

test('a value is told in words, and of a secret only whether there is one', () => {
  const plain = (text: string): string => text.replaceAll('\u00a0', ' ')
  expect(plain(settingWords(setting('d', { kind: 'days' }), '1'))).toBe('1 day')
  expect(plain(settingWords(setting('d', { kind: 'days' }), '30'))).toBe('30 days')
  expect(settingWords(setting('d', { kind: 'days' }), '0')).toBe('Everything is kept')
  expect(settingWords(setting('k', { kind: 'secret' }), 'set')).toBe('Set, and told to nobody')
  expect(settingWords(setting('c', { kind: 'choice', choices: [{ value: 'a', label: 'First' }] }), 'a')).toBe(
    'First',
  )
  expect(settingWords(setting('c', { kind: 'cron' }), null)).toBe('None')
})

test('whose times they are is said, and that a zone is not known', () => {
  const next = ['2026-11-22T02:00:00Z']
  expect(nextNote({ next: [], nextFrom: null, zone: null })).toBeNull()
  expect(nextNote({ next, nextFrom: 'server', zone: null })).toContain('As the cluster tells it.')
  expect(nextNote({ next, nextFrom: 'computed', zone: null })).toContain('UTC is assumed')
  expect(nextNote({ next, nextFrom: 'computed', zone: 'Europe/Berlin' })).toContain('meant in Europe/Berlin')
})

test('a time is shown by the clocks of a zone, over midnight and in summer time too', () => {
  expect(zonedWords('2026-11-21T23:30:00Z', 'Europe/Berlin')).toBe('Sun 22 Nov 00:30')
  expect(zonedWords('2026-07-01T00:30:00Z', 'Europe/Berlin')).toBe('Wed 1 Jul 02:30')
  expect(zonedWords('2026-09-21T02:00:00Z', 'UTC')).toBe('Mon 21 Sep 02:00')
})

test('the own zone and UTC stand first among the zones, each once', () => {
  const zones = zoneChoices('UTC')
  expect(zones[0]).toBe('UTC')
  expect(zones.filter((zone) => zone === 'UTC')).toHaveLength(1)
  expect(zoneChoices('Europe/Berlin').slice(0, 2)).toEqual(['Europe/Berlin', 'UTC'])
  expect(zones).toContain('Europe/Berlin')
})
