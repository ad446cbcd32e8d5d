import { expect, test } from 'vitest'
import { siteOf } from '../../../../../../src/main/systems/chango/runbooks/site.ts'
import { changoRunbooks } from '../../../../../../src/main/systems/chango/runbooks/runbooks.ts'
import type { RunbookSetting } from '../../../../../../src/main/ports/runbook.ts'

const connection = {
  masters: ['http://chango-1.example:8080', 'http://chango-2.example:8080'],
  hosts: ['ops@chango-1.example', 'ops@chango-2.example'],
}

function setting(
  inputs: Readonly<Record<string, string>>,
  values: RunbookSetting['cluster']['connection'] = connection,
): RunbookSetting {
  return { cluster: { name: 'payments', system: 'chango', connection: values }, inputs }
}

const zookeeper = 'zk-1:2181,zk-2:2181,zk-3:2181'

test('What is left empty is as the documents of chango have it', () => {
  const site = siteOf(setting({ zookeeper, home: '', base: '' }))
  expect(site).toMatchObject({
    home: '/opt/chango',
    data: '/var/lib/chango',
    base: null,
    root: '/chango',
    user: 'chango',
    ports: [8080, 19_999],
    by: 'chango',
  })
  expect(site.first.address).toBe('ops@chango-1.example')
  expect(site.others.map(({ address }) => address)).toEqual(['ops@chango-2.example'])
})

test('The first master can be on any of the hosts', () => {
  const site = siteOf(setting({ zookeeper, host: 'ops@chango-2.example' }))
  expect(site.hosts.map(({ address }) => address)).toEqual(['ops@chango-2.example', 'ops@chango-1.example'])
})

test.each([
  ['a host that the connection does not have', { host: 'ops@other.example' }],
  ['a folder that is not written from the root', { data: 'var/lib/chango' }],
  ['a folder with a way out of it', { home: '/opt/../etc' }],
  ['a folder with a quote in it', { base: `/opt/it's` }],
  ['servers of ZooKeeper without a port', { zookeeper: 'zk-1' }],
  ['a root of ZooKeeper with a blank in it', { root: '/chango prod' }],
  ['an account that is none', { user: '-u root' }],
  ['ports that are no numbers', { ports: '8080;19999' }],
])('%s is refused before anything is begun', (_what, inputs) => {
  expect(() => siteOf(setting({ zookeeper, ...inputs }))).toThrow(expect.objectContaining({ code: 'usage' }))
})

test('A cluster whose hosts are not known is refused', () => {
  expect(() => siteOf(setting({ zookeeper }, null))).toThrow(expect.objectContaining({ code: 'usage' }))
  expect(() => siteOf(setting({ zookeeper }, { masters: connection.masters }))).toThrow(
    expect.objectContaining({ code: 'usage' }),
  )
})

test.each(changoRunbooks.map((runbook) => [runbook.id, runbook] as const))(
  '%s has steps with names of their own, the same in every process, and no secret in any twin',
  (_id, runbook) => {
    const of = setting({ zookeeper, kiok: 'kiok-prod' })
    const steps = runbook.steps(of)
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length)
    expect(runbook.steps(of).map(({ id }) => id)).toEqual(steps.map(({ id }) => id))
    for (const { id, twin } of steps) {
      expect(id).toMatch(/^[a-z][a-z0-9-]{0,63}$/)
      expect(twin ?? '').not.toMatch(/(KEY|TOKEN|PASSWORD)=(?!["$'])\S/)
    }
    const order = ['before', 'safety', 'restore', 'accept', 'after']
    const sections = steps.map(({ section }) => section)
    expect(sections.lastIndexOf('restore')).toBeLessThan(sections.indexOf('accept'))
    expect(sections.every((section) => order.includes(section))).toBe(true)
  },
)
