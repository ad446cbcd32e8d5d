import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readIfThere } from './read-if-there.ts'

/** What the lab's masters keep in their stores; a store is there where its folder has a \`CURRENT\`, and empty where it has no record. */
export interface KiokState {
  readonly dags: readonly string[]
  readonly cron: string | null
  readonly maintenance: boolean
  readonly users: Readonly<Record<string, { readonly password: string; readonly mustChange: boolean }>>
  readonly connections: readonly string[]
  readonly logs: readonly string[]
}

const nothing: KiokState = { dags: [], cron: null, maintenance: false, users: {}, connections: [], logs: [] }

const partsOf = {
  metadata: ({ dags, cron, maintenance }: KiokState) => ({ dags, cron, maintenance }),
  kms: () => ({ keys: 5 }),
  iam: ({ users }: KiokState) => ({ users }),
  connections: ({ connections }: KiokState) => ({ connections }),
  'joblog-temp': ({ logs }: KiokState) => ({ logs }),
} as const

const stores = ['metadata', 'kms', 'iam', 'connections', 'joblog-temp'] as const

/** Null: its stores are not there, or nothing was ever written into them. */
export function readState(dataFolder: string): KiokState | null {
  let state: Record<string, unknown> = { ...nothing }
  let isEmpty = true
  for (const store of stores) {
    const file = join(dataFolder, store, '000004.log')
    const text = readIfThere(file) ?? ''
    if (text === '') continue
    isEmpty = false
    state = { ...state, ...JSON.parse(text) }
  }
  return isEmpty ? null : (state as unknown as KiokState)
}

export function writeState(dataFolder: string, state: KiokState): void {
  for (const store of stores)
    writeFileSync(join(dataFolder, store, '000004.log'), JSON.stringify(partsOf[store](state)))
}
