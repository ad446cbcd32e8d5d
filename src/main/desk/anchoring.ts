import type { AuditStatus } from '../../shared/contract/audit.ts'
import type { Change } from '../../shared/contract/host.ts'
import type { AuditAnchorPlace } from '../../shared/contract/settings.ts'
import { parseAddress } from '../../shared/domain/address.ts'
import { HoldfastError, isHoldfastError } from '../../shared/domain/error.ts'
import { failureOf } from '../../shared/domain/failure.ts'
import { inTurn } from '../../shared/domain/in-turn.ts'
import type { AuditAnchor, OpenAuditAnchor } from '../ports/audit-anchor.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import type { Clock } from '../ports/clock.ts'
import type { DeskState } from '../ports/desk-state.ts'
import type { Log } from '../ports/log.ts'
import { accessFor, type PlaceSecrets } from './cluster-repository.ts'
import { compareAnchors } from './compare-anchors.ts'

export interface AnchoringDeps {
  /** The chain itself. */
  readonly audit: AuditLog
  readonly state: Pick<DeskState, 'settings' | 'lastAnchor'>
  readonly secrets: PlaceSecrets
  readonly openAnchor: OpenAuditAnchor
  readonly clock: Clock
  readonly log: Log
  readonly publish: (change: Change) => void
}

/** Keeps heads of the chain in the place that the settings name; where they name none it does nothing. */
export interface Anchoring {
  /** Anchors the head that stands now, where it is not anchored. Never throws: what failed is in the status. */
  now(): Promise<void>
  /** To be told of each entry: anchors where enough have come together. */
  appended(seq: number): void
  /** Holds the whole chain against its anchors. */
  compare(signal?: AbortSignal): Promise<void>
  /** What of a status is known through anchors. */
  told(status: AuditStatus): AuditStatus
  /** Anchors what is new each time the interval has passed. */
  run(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

type Anchored = NonNullable<AuditStatus['anchor']>
const checkEveryMs = 30_000

export function createAnchoring(deps: AnchoringDeps): Anchoring {
  const { audit, state, clock, log } = deps
  const turn = inTurn()
  const closing = new AbortController()
  let failure: Anchored['failure'] = null
  let broken: AuditStatus['broken'] = null
  let comparedAt: string | null = null
  let covered = 0
  /** The place that the chain was held against in this process. */
  let comparedWith: string | null = null

  const placeNow = (): AuditAnchorPlace | null => state.settings.get().auditAnchor
  const lastAt = ({ address }: AuditAnchorPlace) => {
    const { last } = state.lastAnchor.get()
    return last?.address === address ? last : null
  }

  async function withAnchor(
    { address, access, keepDays }: AuditAnchorPlace,
    work: (anchor: AuditAnchor) => Promise<void>,
  ): Promise<void> {
    try {
      const place = parseAddress(address)
      const use = { subject: 'Audit chain', purpose: 'anchor' }
      const opened = await accessFor({ address: place, access }, use, deps.secrets)
      const anchor = await deps.openAnchor(place, opened, { keepDays })
      try {
        await work(anchor)
        failure = null
      } finally {
        await anchor.close()
      }
    } catch (error) {
      if (closing.signal.aborted) return
      failure = failureOf(error, log, 'audit.anchor')
      if (isHoldfastError(error)) log.info('audit.anchorFailed', { code: error.code })
    }
    deps.publish({ topic: 'audit' })
  }

  async function compareWith(
    place: AuditAnchorPlace,
    anchor: AuditAnchor,
    signal: AbortSignal,
  ): Promise<void> {
    const compared = await compareAnchors(audit, anchor, signal)
    broken = compared.broken
    covered = compared.covered
    comparedAt = new Date(clock.now()).toISOString()
    comparedWith = place.address
    if (compared.last !== null) await remember(place, compared.last)
  }

  async function remember({ address }: AuditAnchorPlace, last: { seq: number; at: string }): Promise<void> {
    try {
      await state.lastAnchor.set({ last: { address, ...last } })
    } catch (error) {
      // Another instance holds the state; its own pace is then as it was.
      if (!isHoldfastError(error)) throw error
    }
  }

  async function anchorNow(): Promise<void> {
    const place = placeNow()
    if (place === null || closing.signal.aborted) return
    await withAnchor(place, async (anchor) => {
      const { signal } = closing
      // A chain that was written anew gets no further anchor.
      if (comparedWith !== place.address) await compareWith(place, anchor, signal)
      const { entries, head, broken: own } = await audit.status()
      if (broken !== null || own !== null || head === null || (lastAt(place)?.seq ?? 0) >= entries) return
      if ((await anchor.put({ seq: entries, hash: head }, signal)) === 'other') {
        broken = {
          seq: entries,
          reason:
            'Another entry with this number is anchored: this chain has a twin that went on by itself, such as a copied profile.',
        }
        return
      }
      await remember(place, { seq: entries, at: new Date(clock.now()).toISOString() })
    })
  }

  const soon = (): void => void turn(anchorNow).catch((error: unknown) => log.incident('audit.anchor', error))

  return {
    now: () => turn(anchorNow),
    appended(seq) {
      const place = placeNow()
      if (place !== null && seq - (lastAt(place)?.seq ?? 0) >= place.everyEntries) soon()
    },
    async compare(signal) {
      const place = placeNow()
      if (place === null) return
      const both = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal])
      await turn(() => withAnchor(place, async (anchor) => compareWith(place, anchor, both)))
    },
    told(status) {
      const place = placeNow()
      if (place === null) return status
      const last = lastAt(place)
      const isBroken = broken !== null && comparedWith === place.address
      return {
        ...status,
        broken: status.broken ?? (isBroken ? broken : null),
        cannotWrite:
          status.cannotWrite ??
          (isBroken ? `The chain does not fit its anchor of entry ${broken?.seq}.` : null),
        anchor: {
          place: place.address,
          seq: last?.seq ?? null,
          at: last?.at ?? null,
          since: Math.max(0, status.entries - (last?.seq ?? 0)),
          comparedAt: comparedWith === place.address ? comparedAt : null,
          covered,
          failure,
        },
      }
    },
    async run(signal) {
      let newSinceMs: number | null = null
      for (;;) {
        const place = placeNow()
        if (place !== null) {
          const { entries } = await audit.status()
          const isNew = entries > (lastAt(place)?.seq ?? 0)
          newSinceMs = isNew ? (newSinceMs ?? clock.now()) : null
          if (newSinceMs !== null && clock.now() - newSinceMs >= place.everyMinutes * 60_000) {
            newSinceMs = clock.now()
            await turn(anchorNow)
          }
        }
        try {
          await clock.wait(checkEveryMs, signal)
        } catch (error) {
          if (signal.aborted) return
          throw error
        }
      }
    },
    async close() {
      closing.abort()
      await turn(async () => undefined)
    },
  }
}

/** Throws where what was anchored shows that this chain is not what it was: nothing destructive is begun on it. */
export function refuseUnanchored({ broken }: Pick<AuditStatus, 'broken'>): void {
  if (broken === null) return
  throw new HoldfastError('audit.broken', {
    what: `The audit chain does not fit what was anchored, at entry ${broken.seq}.`,
    why: broken.reason,
    unchanged: 'Nothing was changed.',
    next: 'Keep the folder "audit" of the state as evidence, and find out who wrote it.',
  })
}
