import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { statusOfFindings } from '../../../src/main/cli/exit-status.ts'
import { memoryOfThisRun } from '../../../src/main/engine/verify/no-memory.ts'
import type { BackupSystem } from '../../../src/main/ports/backup-system.ts'
import { chango } from '../../../src/main/systems/chango/chango.ts'
import { kiok } from '../../../src/main/systems/kiok/kiok.ts'
import { kiseki } from '../../../src/main/systems/kiseki/kiseki.ts'
import { findingCodes, type Finding } from '../../../src/shared/domain/finding.ts'
import { usualKey } from '../../lab/another-hand.ts'
import { verifyRepository } from '../../lab/verify-repository.ts'
import { changoRows, kisekiRows } from './codes/archive-rows.ts'
import { envelopeRows } from './codes/envelope-rows.ts'
import { manifestRows } from './codes/manifest-rows.ts'
import type { Row, Said } from './codes/row.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let made = 0

interface BackupSaid {
  readonly backupId: string
  readonly verdict: string
  readonly findings: readonly Finding[]
  readonly stores: readonly {
    readonly store: string
    readonly levelReached: string
    readonly findings: readonly Finding[]
  }[]
}

const systems: Readonly<Record<'kiok' | 'chango' | 'kiseki', BackupSystem>> = { kiok, chango, kiseki }

function newFolder(): { readonly folder: string; readonly state: string } {
  made += 1
  const [folder, state] = [join(home, `repository-${made}`), join(home, `state-${made}`)]
  mkdirSync(folder)
  return { folder, state }
}

/** As the command does it, in this process: hundreds of commands would take minutes. */
async function judged({ system, write, meanwhile, level, key = usualKey, backup }: Row): Promise<Said> {
  const { folder } = newFolder()
  write(folder)
  const options = { memory: memoryOfThisRun(), ...(key !== null && { keys: [key] }) }
  const store = await openFolderStore(folder)
  if (meanwhile !== undefined) {
    await verifyRepository(store, systems[system], options)
    meanwhile(folder)
  }
  const { backups } = await verifyRepository(store, systems[system], { ...options, ...(level && { level }) })
  await store.close()
  const all = backups.map(({ backup: { backupId }, verdict, report }) => ({ backupId, verdict, ...report }))
  const one = all.find(({ backupId }) => backupId === (backup ?? all[0]?.backupId))
  const findings = one === undefined ? [] : [...one.findings, ...one.stores.flatMap((each) => each.findings)]
  return saidOf(system, statusOfFindings(findings), one)
}

async function commanded({ system, write, meanwhile, level, key = usualKey, backup }: Row): Promise<Said> {
  const { folder, state } = newFolder()
  write(folder)
  const env = { HOLDFAST_STATE_DIR: state, ...(key !== null && { HOLDFAST_MASTER_KEY: key }) }
  const flags = ['--json', '--repository', pathToFileURL(folder).href, '--system', system]
  if (meanwhile !== undefined) {
    await runCli(home, ['verify', '--all', ...flags], { env })
    meanwhile(folder)
  }
  const asked = [backup ?? '--latest', ...(level === undefined ? [] : ['--level', level])]
  const { status, stdout } = await runCli(home, ['verify', ...asked, ...flags], { env })
  const document = JSON.parse(stdout) as { readonly backups: readonly BackupSaid[] }
  expect(document.backups).toHaveLength(1)
  return saidOf(system, status, document.backups[0])
}

function saidOf(system: keyof typeof systems, status: number | null, backup: BackupSaid | undefined): Said {
  const stores = (backup?.stores ?? []).map(({ store, levelReached, findings }): [string, string] => [
    store,
    [levelReached, ...findings.map(short).sort()].join(', '),
  ])
  return {
    status,
    verdict: backup?.verdict,
    findings: (backup?.findings ?? []).map(short).sort(),
    stores: Object.fromEntries(stores.filter(([, text]) => text !== systems[system].highestLevel)),
  }
}

function short({ code, severity }: Finding): string {
  return `${code} ${severity === 'error' ? 'E' : 'W'}`
}

const rows = [...manifestRows, ...envelopeRows, ...changoRows, ...kisekiRows]

describe('Of a backup that another program wrote, it is said what is right:', () => {
  test.each(rows)('$system with $name', async (each) => {
    expect(await judged(each)).toEqual(each.said)
  })
})

/** Every code of the list that a row shows, with its severity, and the first of these rows. */
function firstRows(): ReadonlyMap<string, Row> {
  const first = new Map<string, Row>()
  for (const each of rows) {
    const text = [...each.said.findings, ...Object.values(each.said.stores)].join(', ')
    for (const [code] of text.matchAll(/[a-z]+\.[A-Za-z]+ [EW]/g)) if (!first.has(code)) first.set(code, each)
  }
  return first
}

describe('The command says the same, with the exit status that scripts go by:', () => {
  test.each([...firstRows()])('%s', async (_code, each) => {
    expect(await commanded(each)).toEqual(each.said)
  })

  test('and no code is left out', () => {
    const elsewhere = ['object.unreachable', 'backup.none']
    const said = new Set([...firstRows().keys()].map((code) => code.slice(0, -2)))
    expect(findingCodes.filter((code) => !said.has(code) && !elsewhere.includes(code))).toEqual([])
  })
})
