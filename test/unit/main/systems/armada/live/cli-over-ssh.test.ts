import { describe, expect, test } from 'vitest'
import { armada } from '../../../../../../src/main/systems/armada/armada.ts'
import { backUpOverSsh } from '../../../../../../src/main/systems/armada/live/cli-over-ssh.ts'
import { armadaConnection } from '../../../../../../src/main/systems/armada/live/connection.ts'
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
  const session = { ...opened, host: async () => Promise.resolve(host) }
  const silent = { progress: () => undefined, log: () => undefined }
  try {
    const outcome = await backUpOverSsh(session, config, silent).catch((error: unknown) => error)
    const store = await cluster.repository()
    const { said } = await verifyRepository(store, armada)
    return { outcome, calls: host.calls, keys: await keysIn(store), said: Object.values(said) }
  } finally {
    await opened.close()
    await cluster.close()
  }
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
      const { outcome, calls, keys, said } = await backUp({ program, tables })
      expect(outcome).toMatchObject({ kind: 'made' })
      expect(keys).toEqual(['accounts.bak', 'limits.bak', 'manifest.json'])
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

  test('is refused where the host has no tool, or the connection no host', async () => {
    expect((await backUp({ program: null, tables })).outcome).toMatchObject({ code: 'host.commandFailed' })
    expect((await backUp({ program: 'arctl', tables }, { hosts: [] })).outcome).toMatchObject({
      code: 'connection.missing',
    })
  })

  test('is not asked of a server that speaks plaintext', async () => {
    const { outcome, calls } = await backUp({ program: 'arctl', tables }, { servers: ['http://a:8443'] })
    expect(outcome).toMatchObject({ code: 'master.insecure' })
    expect(calls.some(({ argv }) => argv[1] === 'backup')).toBe(false)
  })
})
