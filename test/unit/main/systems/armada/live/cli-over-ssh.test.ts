import { HoldfastError } from '../../../../../../src/shared/domain/error.ts'
import { describe, expect, test } from 'vitest'
import { armada } from '../../../../../../src/main/systems/armada/armada.ts'
import { backUpOverSsh } from '../../../../../../src/main/systems/armada/live/cli-over-ssh.ts'
import { armadaDriver } from '../../../../../../src/main/systems/armada/live/driver.ts'
import { armadaConnection } from '../../../../../../src/main/systems/armada/live/connection.ts'
import { readSmall } from '../../../../../../src/main/engine/transfer/read-small.ts'
import type { ObjectStore } from '../../../../../../src/main/ports/object-store.ts'
import {
  armadaHost,
  armadaTokens,
  hostFolder,
  startArmadaCluster,
  type ArmadaHostOptions,
} from '../../../../../lab/masters/armada-session.ts'
import { verifyRepository } from '../../../../../lab/verify-repository.ts'

const tables = { accounts: 150, limits: 0 }

async function backUp(
  options: ArmadaHostOptions,
  values: object = {},
): Promise<{
  outcome: unknown
  calls: ReturnType<typeof armadaHost>['calls']
  keys: string[]
  said: unknown
  sidecar: unknown
  logged: readonly string[]
}> {
  const cluster = await startArmadaCluster({})
  const opened = cluster.session()
  const host = armadaHost(options)
  const config = armadaConnection.parse({
    servers: ['https://armada-1.example:8443'],
    maintenanceToken: 'maintenance',
    hosts: ['armada-1'],
    ...values,
  })
  const logged: string[] = []
  const session = {
    ...opened,
    async host(address: string) {
      if (address.startsWith('dead')) {
        throw new HoldfastError('host.unreachable', { what: `${address} does not answer.` })
      }
      return address.startsWith('bare') ? armadaHost({ ...options, program: null }) : host
    },
  }
  const silent = {
    progress: () => undefined,
    log: (_severity: string, text: string) => void logged.push(text),
  }
  try {
    const outcome = await backUpOverSsh(session, config, silent).catch((error: unknown) => error)
    const store = await cluster.repository()
    const { said } = await verifyRepository(store, armada)
    const sidecar = await sidecarIn(store)
    const keys = await keysIn(store)
    return { outcome, calls: host.calls, keys, said: Object.values(said), sidecar, logged }
  } finally {
    await opened.close()
    await cluster.close()
  }
}

async function sidecarIn(store: ObjectStore): Promise<unknown> {
  for await (const entry of store.list())
    if (entry.kind === 'object' && entry.key.endsWith('/holdfast.json'))
      return JSON.parse(Buffer.from(await readSmall(store, entry.key, 1e6)).toString())
  return null
}

async function keysIn(store: ObjectStore): Promise<string[]> {
  const keys: string[] = []
  for await (const entry of store.list())
    if (entry.kind === 'object') keys.push(entry.key.split('/')[1] ?? '')
  await store.close()
  return keys
}

describe('A backup that a host makes', () => {
  test.each([
    ['arctl', 'https://armada-1.example:8443', 'ARMADA_TOKEN'],
    ['armada', 'armada-1.example:8443', 'TOKEN'],
  ] as const)(
    'is made by %s and copied whole, its manifest byte for byte',
    async (program, address, name) => {
      const { outcome, calls, keys, said, sidecar } = await backUp({ program, tables })
      expect(outcome).toMatchObject({ kind: 'made' })
      expect(keys).toEqual(['accounts.bak', 'holdfast.json', 'limits.bak', 'manifest.json'])
      // What no server was asked is not said to be well.
      expect(sidecar).toMatchObject({
        serverVersion: null,
        statusErrors: 'notAsked',
        tables: { accounts: { keys: 150 }, limits: { keys: 0, size: expect.any(Number) } },
      })
      expect(said).toMatchObject([{ verdict: 'good' }])
      const made = calls.find(({ argv }) => argv[1] === 'backup')
      expect(made?.argv).toEqual([
        program,
        'backup',
        `--address=${address}`,
        `--dir=${hostFolder}`,
        '--ca=',
        '--json=false',
      ])
      expect(made?.secretEnvironment).toEqual({ [name]: armadaTokens.maintenance })
      expect(JSON.stringify(calls.map(({ argv }) => argv))).not.toContain(armadaTokens.maintenance)
      expect(calls.at(-1)?.argv).toEqual(['rm', '-rf', '--', hostFolder])
    },
  )

  test.each<readonly [string, Partial<ArmadaHostOptions>, string]>([
    ['the tool fails', { fails: 'backup failed: deadline' }, 'host.commandFailed'],
    [
      'the tool fills the temporary disk',
      { fails: 'write limits.bak: no space left on device' },
      'host.commandFailed',
    ],
    [
      'a file is cut on its way',
      { spoil: (name, file) => (name === 'accounts.bak' ? file.subarray(0, -9) : file) },
      'master.badAnswer',
    ],
    [
      'a file is another one than its manifest says',
      { spoil: (name, file) => (name === 'limits.bak' ? Buffer.from('') : file) },
      'host.badAnswer',
    ],
    [
      'its manifest is none',
      { spoil: (name, file) => (name === 'manifest.json' ? Buffer.from('{') : file) },
      'host.badAnswer',
    ],
  ])('leaves nothing where %s, on either side', async (_, options, code) => {
    const { outcome, calls, keys } = await backUp({ program: 'arctl', tables, ...options })
    expect(outcome).toMatchObject({ code })
    expect(String(outcome)).not.toContain(armadaTokens.maintenance)
    expect(keys).toEqual([])
    expect(calls.at(-1)?.argv).toEqual(['rm', '-rf', '--', hostFolder])
  })

  test('is refused in words where the temporary disk of the host is full, and the tool is not begun', async () => {
    const { outcome, calls, keys } = await backUp({ program: 'arctl', tables, isFull: true })
    expect(outcome).toMatchObject({
      code: 'host.commandFailed',
      text: {
        what: 'No temporary folder could be made on armada-1.',
        why: expect.stringContaining('No space left on device'),
        unchanged: 'No backup was made, and nothing was changed in the cluster.',
        next: expect.any(String),
      },
    })
    expect(calls.some(({ argv }) => argv[1] === 'backup' || argv[0] === 'rm')).toBe(false)
    expect(keys).toEqual([])
  })

  test('is refused where the host has no tool, or the connection no host', async () => {
    expect((await backUp({ program: null, tables })).outcome).toMatchObject({ code: 'host.commandFailed' })
    expect((await backUp({ program: 'arctl', tables }, { hosts: [] })).outcome).toMatchObject({
      code: 'connection.missing',
    })
  })

  test('is made by the first host that can be logged in to and has the tool; the others are said to be left out', async () => {
    const hosts = ['dead-1', 'bare-1', 'armada-1', 'armada-2']
    const { outcome, calls, logged } = await backUp({ program: 'arctl', tables }, { hosts })
    expect(outcome).toMatchObject({ kind: 'made' })
    expect(calls.filter(({ argv }) => argv[1] === 'backup')).toHaveLength(1)
    expect(logged.slice(0, 2)).toEqual([
      'dead-1 is left out: dead-1 does not answer.',
      'bare-1 is left out: armada-1 has neither arctl nor armada.',
    ])
    const none = await backUp({ program: 'arctl', tables }, { hosts: ['dead-1', 'dead-2'] })
    expect(none.outcome).toMatchObject({ code: 'host.unreachable' })
  })

  test('is not refused for a dead host while another one has the tool', async () => {
    const cluster = await startArmadaCluster({})
    const opened = cluster.session()
    const session = {
      ...opened,
      async host(address: string) {
        if (address.startsWith('dead'))
          throw new HoldfastError('host.unreachable', { what: `${address} does not answer.` })
        return Promise.resolve(armadaHost({ program: 'arctl', tables }))
      },
    }
    const states = async (hosts: readonly string[]): Promise<readonly string[]> => {
      const live = armadaDriver.connect({ reach: 'cliOverSsh', servers: ['https://a'], hosts: [...hosts] })
      const all: string[] = []
      for await (const { state } of live.beforeSnapshot(session, 'cliOverSsh')) all.push(state)
      return all.toSorted()
    }
    expect(await states(['dead-1', 'armada-1'])).toEqual(['ok', 'warning'])
    expect(await states(['dead-1', 'dead-2'])).toEqual(['bad', 'bad'])
    await opened.close()
    await cluster.close()
  })

  test('a backup that failed on one host is not tried on another', async () => {
    const { outcome, calls } = await backUp(
      { program: 'arctl', tables, fails: 'deadline' },
      { hosts: ['armada-1', 'armada-2'] },
    )
    expect(outcome).toMatchObject({ code: 'host.commandFailed' })
    expect(calls.filter(({ argv }) => argv[1] === 'backup')).toHaveLength(1)
  })

  test('is not asked of a server that speaks plaintext', async () => {
    const { outcome, calls } = await backUp({ program: 'arctl', tables }, { servers: ['http://a:8443'] })
    expect(outcome).toMatchObject({ code: 'master.insecure' })
    expect(calls.some(({ argv }) => argv[1] === 'backup')).toBe(false)
  })
})
