import { createHash } from 'node:crypto'
import type { Chain } from '../../../src/shared/contract/backups.ts'
import type { Cluster } from '../../../src/shared/contract/clusters.ts'
import type { Plan, PrepareEvent } from '../../../src/shared/contract/restore.ts'
import type { Check } from '../../../src/shared/contract/values.ts'
import { canonicalJson } from '../../../src/shared/domain/canonical-json.ts'
import { commandLine } from '../../../src/shared/domain/command-line.ts'
import { bytesWords, countOf, spanWords } from '../../../src/shared/domain/size-words.ts'
import type { Clock } from '../../../src/main/ports/clock.ts'
import { hexOf, iso } from './seeded.ts'

interface Asked {
  readonly cluster: Cluster
  readonly chain: Chain
  readonly backup: Chain['backups'][number]
  readonly targetDir: string
}

/** Checks one after another, bytes that are read, then a plan, or why there is none. */
export async function* samplePrepare(
  asked: Asked,
  {
    clock,
    signal,
    planned,
  }: { readonly clock: Clock; readonly signal: AbortSignal; readonly planned: (plan: Plan) => void },
): AsyncGenerator<PrepareEvent, void, undefined> {
  const { backup, targetDir } = asked
  const totalBytes = backup.sizeBytes ?? 0
  for (const check of checksOf(asked)) {
    yield { type: 'check', check: { id: check.id, group: check.group, title: check.title, state: 'running' } }
    if (check.id === 'proof') {
      for (let share = 0; share <= 10; share += 1) {
        yield {
          type: 'progress',
          phase: 'Read',
          doneBytes: Math.round((totalBytes * share) / 10),
          totalBytes,
        }
        await clock.wait(250, signal)
      }
    } else {
      await clock.wait(180, signal)
    }
    yield { type: 'check', check }
    if (check.state === 'failed') {
      yield { type: 'refused', failure: refusalOf(targetDir, backup, check.id) }
      return
    }
  }
  const plan = samplePlan(asked, clock.now())
  planned(plan)
  yield { type: 'plan', plan }
}

function checksOf({ backup, targetDir, cluster }: Asked): readonly Check[] {
  const isPlace = targetDir.startsWith('/') && !targetDir.startsWith('/etc')
  const isWhole = backup.restorability === 'restorable'
  return [
    {
      id: 'target',
      group: 'Target',
      state: isPlace ? 'passed' : 'failed',
      title: isPlace
        ? `${targetDir} is a place that may be restored into`
        : `${targetDir} may not be restored into`,
      tookMs: 4,
    },
    {
      id: 'backup',
      group: 'Backup',
      state: 'passed',
      title: `The backup is there: ${countOf(backup.holds.length, 'object')}, ${bytesWords(backup.sizeBytes ?? 0)}`,
      tookMs: 61,
    },
    {
      id: 'key',
      group: 'Backup',
      state: 'passed',
      title:
        cluster.masterKeys.length === 0
          ? 'No key is needed: the backup is not sealed'
          : `The master key ${cluster.masterKeyHints[0] ?? ''} opens every object`,
      tookMs: 88,
    },
    {
      id: 'proof',
      group: 'Backup',
      state: isWhole ? 'passed' : 'failed',
      title: isWhole ? 'Every store is proved: its format holds' : 'A store is not what its manifest says',
      ...(isWhole ? {} : { detail: backup.finding?.message ?? 'It was never read.' }),
      tookMs: 2_750,
    },
    {
      id: 'space',
      group: 'Target',
      state: 'passed',
      title: `41.2 GB free, ${bytesWords(3 * (backup.sizeBytes ?? 0))} needed`,
    },
    {
      id: 'processes',
      group: 'Target',
      state: 'passed',
      title: 'No live process was seen using what would be replaced',
      detail: 'As far as this account can see: that is no proof.',
    },
    {
      id: 'owner',
      group: 'Target',
      state: 'warning',
      title: 'Everything written belongs to this account',
      detail: 'Only root may give files to the owner of the folder.',
    },
  ]
}

function refusalOf(
  targetDir: string,
  backup: Chain['backups'][number],
  check: string,
): Extract<PrepareEvent, { type: 'refused' }>['failure'] {
  if (check === 'target') {
    return {
      code: 'target.refused',
      what: `${targetDir} is not restored into.`,
      why: 'It belongs to the operating system, or it is no full path.',
      unchanged: 'Nothing was changed.',
      next: 'Name an empty folder, or the data folder of a stopped master.',
    }
  }
  return {
    code: 'restore.refused',
    what: `${backup.backupId} cannot be restored as it is.`,
    why: backup.finding?.message ?? 'It is not proved.',
    unchanged: 'Nothing was changed.',
    next: 'Choose another backup.',
  }
}

/** A folder with stores in it is replaced; one whose name says that it is new is not. */
function samplePlan({ cluster, chain, backup, targetDir }: Asked, nowMs: number): Plan {
  const isNew = /new|empty/.test(targetDir)
  const names = cluster.system === 'kiok' ? chain.stores : ['kms', 'iam', 'metadata']
  const objects = backup.holds.flatMap((at) => (at === null ? [] : (chain.objects[at] ?? [])))
  const share = (backup.sizeBytes ?? 0) / names.length
  const facts = {
    format: 'holdfast-plan/1',
    system: cluster.system,
    repository: cluster.address,
    backupId: backup.backupId,
    targetDir,
    confirm: cluster.name,
    objects: objects.map(({ key }) => key),
    replaces: isNew ? [] : [...names],
  }
  const text = canonicalJson(facts)
  const hash = createHash('sha256').update(text).digest('hex')
  const created = backup.createdAt === null ? nowMs : Date.parse(backup.createdAt)
  return {
    hash,
    madeAt: iso(nowMs),
    system: cluster.system,
    repository: cluster.address,
    backupId: backup.backupId,
    createdAt: backup.createdAt,
    cluster: cluster.name,
    targetDir,
    confirm: cluster.name,
    verdict: backup.verdict,
    level: backup.level,
    verifiedAt: backup.verifiedAt,
    lost: isNew
      ? [{ text: `Nothing: no store stands in ${targetDir} yet.`, grave: false }]
      : [
          {
            text: `${spanWords(nowMs - created)} of changes: what was written since ${iso(created).slice(0, 19).replace('T', ' ')} UTC is not in this backup.`,
            grave: true,
          },
          {
            text: `${names.join(', ')}: kept beside the new ones under a .before-restore- name, so nothing is deleted.`,
            grave: false,
          },
        ],
    rows: [
      ...names.map((name) => ({
        name,
        kind: 'folder' as const,
        thereNow: isNew ? null : { kind: 'folder' as const },
        fromBackup: { files: 12, sizeBytes: Math.round(share), digest: hexOf(`digest ${name}`, 64) },
        becomes: isNew ? ('new' as const) : ('replaced' as const),
      })),
      { name: 'RESTORE.json', kind: 'file', thereNow: null, fromBackup: null, becomes: 'written' },
    ],
    untouched: isNew ? [] : ['patches', 'zookeeper'],
    steps: stepsOf(targetDir, names, isNew, hash),
    objects: objects.map(({ key, sizeBytes }) => ({
      key,
      sizeBytes: sizeBytes ?? 0,
      sha256: hexOf(`stored ${key}`, 64),
    })),
    spaceBytes: 3 * (backup.sizeBytes ?? 0),
    freeBytes: 41_200_000_000,
    estimateMs: 34_000,
    owner: 'the account that runs the restore',
    modes: 'files 0640, folders 0750',
    commandLine: commandLine([
      'holdfast',
      'restore',
      backup.backupId,
      '--repository',
      cluster.address,
      '--system',
      cluster.system,
      '--target',
      targetDir,
      '--confirm',
      cluster.name,
      '--plan',
      hash,
    ]),
    text,
  }
}

function stepsOf(dir: string, names: readonly string[], isNew: boolean, hash: string): Plan['steps'] {
  const staging = `${dir}/.holdfast/${hash.slice(0, 4)}`
  const all = names.join(', ')
  return [
    {
      does: 'Takes the lock of the target, brings an earlier run that was cut short to its end, and compares the target with this plan.',
      touches: `${dir}/.holdfast`,
      undo: 'Not needed: no store is touched.',
    },
    {
      does: `Reads the objects in the versions named here and writes ${all} beside the live data, comparing every hash.`,
      touches: staging,
      undo: 'Removes the staging folder.',
    },
    { does: 'Waits until the disk has everything.', touches: staging, undo: 'Removes the staging folder.' },
    {
      does: isNew
        ? `Moves in ${all}.`
        : `Moves ${all} aside to <name>.before-restore-<time>, then moves in ${all}.`,
      touches: names.map((name) => `${dir}/${name}`).join(', '),
      undo: 'Moves each name back. Cut short, the next run finishes the swap or moves back; never in between.',
    },
    {
      does: 'Reads back every byte in its place and compares the hashes.',
      touches: 'Nothing.',
      undo: 'Moves each name back.',
    },
    {
      does: 'Writes the end to the journal, removes the empty staging folder, gives the lock back.',
      touches: `${dir}/.holdfast`,
      undo: 'A rollback moves back what stood before; nothing that was moved aside is ever deleted.',
    },
  ]
}
