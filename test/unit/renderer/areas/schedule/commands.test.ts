import { expect, test } from 'vitest'
import {
  drillScheduleCommand,
  pinCommand,
  rulesCommand,
} from '../../../../../src/renderer/areas/schedule/model/commands.ts'

const open = { isNeeded: false, value: '' }
const rules = { keepLast: 7, keepDays: 30, atMost: 14 }

test('rules on the command line are those of the form; a protected cluster asks for a reason', () => {
  expect(rulesCommand('kiok-prod', rules, true, open)).toBe(
    'holdfast retention set --keep-last 7 --keep-days 30 --at-most 14 --orphans kiok-prod',
  )
  const few = { keepLast: null, keepDays: 30, atMost: null }
  const asking = { isNeeded: true, value: '' }
  expect(rulesCommand('kiok-prod', few, false, asking)).toBe(
    'holdfast retention set --keep-days 30 --reason REASON kiok-prod',
  )
  expect(rulesCommand('kiok-prod', few, false, { ...asking, value: 'it’s agreed' })).toBe(
    "holdfast retention set --keep-days 30 --reason 'it’s agreed' kiok-prod",
  )
})

test('a pin on the command line has its reason; a name that looks like an option is none', () => {
  expect(pinCommand('kiok-prod', '20261120T020000Z-00000000', 'before the move')).toBe(
    "holdfast retention pin --reason 'before the move' kiok-prod 20261120T020000Z-00000000",
  )
  expect(pinCommand('kiok-prod', '--none', '')).toBe(
    'holdfast retention pin --reason REASON -- kiok-prod --none',
  )
})

test('drills on time on the command line say when and where, as far as it is typed', () => {
  const when = { everyDays: '30', at: '03:00', zone: 'Europe/Berlin', folder: '', host: '', typed: '' }
  expect(drillScheduleCommand('db', when, open)).toBe(
    'holdfast drill-schedule --every 30 --at 03:00 --zone Europe/Berlin db',
  )
  const onHost = { ...when, everyDays: '', folder: '/srv/drills', host: 'ops@db-2', typed: 'db' }
  expect(drillScheduleCommand('db', onHost, open)).toBe(
    'holdfast drill-schedule --every DAYS --at 03:00 --zone Europe/Berlin --scratch /srv/drills --host ops@db-2 --confirm db db',
  )
})
