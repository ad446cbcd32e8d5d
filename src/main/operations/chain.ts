import type { Chain } from '../../shared/contract/backups.ts'
import type { Finding, FindingCode } from '../../shared/domain/finding.ts'
import { lowerOf, reaches } from '../../shared/domain/level.ts'
import { restorabilityOf } from '../../shared/domain/restorability.ts'
import type { VerifiedBackup } from '../engine/verify/verify-backups.ts'
import type { StoreReport } from '../ports/backup-system.ts'
import { allFindings } from './all-findings.ts'
import { createdAtOf, reachOf, type RepositoryView } from './view-repository.ts'

type ChainObject = Chain['objects'][number]
type ObjectState = ChainObject['state']

/** Worst first. */
const stateOrder: readonly ObjectState[] = [
  'missing',
  'damaged',
  'notOpened',
  'neverRead',
  'warning',
  'intact',
]

/** What holds what, for all backups: every object once. */
export function chainOf(view: RepositoryView): Chain {
  const stores = storeNames(view)
  const lanes = new Map(stores.map((store, lane) => [store, lane]))
  const sizes = new Map(
    view.backups.flatMap(({ backup }) => backup.objects.map((info) => [info.key, info.sizeBytes])),
  )
  const objects: ChainObject[] = []
  const places = new Map<string, number>()

  function placeOf(report: StoreReport): number {
    const lane = lanes.get(report.store) ?? 0
    const key = report.key ?? `${report.holder}/${report.object}`
    const name = `${lane} ${key}`
    const known = places.get(name)
    const state = objectState(report)
    if (known === undefined) {
      places.set(name, objects.length)
      return (
        objects.push({
          key,
          store: lane,
          holder: report.holder,
          sizeBytes: sizes.get(key) ?? null,
          state,
          level: report.levelReached,
          verifiedAt: report.verifiedAt,
          users: 1,
        }) - 1
      )
    }
    const object = objects[known]
    if (object !== undefined) {
      objects[known] = {
        ...object,
        users: object.users + 1,
        state: stateOrder.indexOf(state) < stateOrder.indexOf(object.state) ? state : object.state,
        level: lowerOf(object.level, report.levelReached),
      }
    }
    return known
  }

  const backups = view.backups.map((verified) => {
    const holds = Array.from<number | null>({ length: stores.length }).fill(null)
    for (const report of verified.report.stores) holds[lanes.get(report.store) ?? 0] = placeOf(report)
    return { ...rowOf(verified), holds }
  })
  return {
    asOf: view.at,
    stores: [...stores],
    sharesObjects: view.system.sharesObjects,
    objects,
    backups,
    storedBytes: [...sizes.values()].reduce((sum, sizeBytes) => sum + sizeBytes, 0),
    withoutSharingBytes: view.backups.reduce((sum, { backup }) => sum + (backup.sizeBytes ?? 0), 0),
  }
}

function rowOf(verified: VerifiedBackup): Omit<Chain['backups'][number], 'holds'> {
  const { backup, verdict } = verified
  const findings = allFindings(verified)
  const errors = findings.filter(({ severity }) => severity === 'error')
  const { notProvable, ...reach } = reachOf(verified)
  return {
    backupId: backup.backupId,
    createdAt: createdAtOf(verified),
    sizeBytes: backup.sizeBytes,
    newBytes: backup.newBytes,
    verdict,
    restorability: restorabilityOf(verdict, findings),
    ...reach,
    restoredAt: verified.restoredAt,
    notProvable: [...notProvable],
    errors: errors.length,
    warnings: findings.length - errors.length,
    finding: errors.find(({ code }) => code !== 'key.missing') ?? errors[0] ?? findings[0] ?? null,
  }
}

/** The system's stores that occur, in its order, then others as they come. */
function storeNames({ system, backups }: RepositoryView): readonly string[] {
  const seen = new Set(backups.flatMap(({ report }) => report.stores.map(({ store }) => store)))
  return [
    ...system.stores.filter((store) => seen.has(store)),
    ...[...seen].filter((store) => !system.stores.includes(store)),
  ]
}

/** Findings that are about the chain or the keys of a run say nothing of an object's bytes. */
const aboutObjects = /^(object|envelope|plain|archive)\./
/** Says that it cannot be read, and nothing of its bytes. */
const sealedOtherwise: ReadonlySet<FindingCode> = new Set(['envelope.wrongKey', 'envelope.unknown'])
const gone: ReadonlySet<FindingCode> = new Set(['chain.objectMissing', 'chain.holderMissing'])

export function objectState({ findings, levelReached, verifiedAt, key }: StoreReport): ObjectState {
  const isError = ({ severity, code }: Finding): boolean =>
    severity === 'error' && code !== 'object.unreachable' && aboutObjects.test(code)
  if (findings.some(({ code }) => gone.has(code))) return 'missing'
  const errors = findings.filter(isError)
  if (key !== null && errors.length > 0 && errors.every(({ code }) => sealedOtherwise.has(code)))
    return 'notOpened'
  if (key === null || errors.length > 0) return 'damaged'
  if (verifiedAt === null || !reaches(levelReached, 'intact')) return 'neverRead'
  return findings.some(({ code }) => aboutObjects.test(code)) ? 'warning' : 'intact'
}
