import { expect, test } from 'vitest'
import type { RunbookSetting, StepContext } from '../../../../../../src/main/ports/runbook.ts'
import { ch3 } from '../../../../../../src/main/systems/chango/runbooks/ch-3.ts'

/** What is told before the data of these servers is moved aside, and what is to be done by hand. */
async function told(zookeeper: string): Promise<readonly [string, string]> {
  const connection = {
    masters: ['https://chango-1.example:8080', 'https://chango-2.example:8080'],
    hosts: ['ops@chango-1.example', 'ops@chango-2.example:2222'],
  }
  const setting: RunbookSetting = {
    cluster: { name: 'payments', system: 'chango', connection },
    inputs: { zookeeper },
  }
  const steps = ch3.steps(setting)
  const confirm = steps.find(({ id }) => id === 'confirm-empty')
  const manual = steps.find(({ id }) => id === 'stop-node-managers')
  if (confirm?.kind !== 'confirm' || manual?.kind !== 'manual') throw new Error('CH-3 has other steps')
  const context = { setting, known: new Map() } as unknown as StepContext
  return [(await confirm.says(context)).join(' '), manual.does.join(' ')]
}

test('servers of ZooKeeper on hosts that are not in the connection are told, and left to a person', async () => {
  const [says, does] = await told('chango-1:2181,chango-2.example:2181,zk-3.example:2181')
  expect(says).toContain('zk-3.example:2181')
  expect(does).toContain('zk-3.example:2181')
  expect(`${says} ${does}`).not.toContain('chango-1:2181')
  const [all, nothing] = await told('chango-1:2181,chango-2.example:2181')
  expect(`${all} ${nothing}`).not.toContain('no host of the connection')
})
