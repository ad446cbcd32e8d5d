import type { Access } from '../../../shared/contract/repositories.ts'
import type { SetupAccess, SetupCluster, SetupDocument } from '../../../shared/contract/setup.ts'
import type { Settings } from '../../../shared/contract/settings.ts'
import type { DeskState, SavedCluster } from '../../ports/desk-state.ts'
import { driverOf } from '../../systems/drivers.ts'
import { checkedAnchor } from '../checked-anchor.ts'
import type { Binder } from './bind-credentials.ts'
import { holdsLogin, withCredentials } from './portable.ts'

/** Fields of a setup as they are saved here: with the ids of this installation, and with what it says nothing of. */

export function boundAccess(
  given: SetupAccess,
  now: Access | null,
  binder: Binder,
  wantedBy: string,
): Access {
  if (given.credential.source !== 'vault') return { ...given, credential: given.credential }
  const { label, kind } = given.credential
  const used = now?.credential.source === 'vault' ? now.credential.id : null
  const id = binder.idOf({ label, kind }, 's3', used, wantedBy)
  if (id !== null) return { ...given, credential: { source: 'vault', id } }
  return { ...given, credential: now?.credential ?? { source: 'none' } }
}

/** Those of the document first; none that is used here goes, since an older backup may need it. */
export function boundKeys(
  { name, masterKeys }: SetupCluster,
  saved: SavedCluster | null,
  binder: Binder,
): string[] {
  const used = saved?.masterKeys ?? []
  const keys = masterKeys.flatMap((key, at) => binder.idOf(key, 'masterKey', used[at] ?? null, name) ?? [])
  return [...new Set([...keys, ...used])]
}

export async function boundConnection(
  { name, system, connection }: SetupCluster,
  now: SavedCluster | null,
  binder: Binder,
): Promise<SavedCluster['connection']> {
  if (connection === null) return null
  const { fields } = await driverOf(system)
  // What no setup holds stays, or a change of something else would end it unseen.
  const kept = Object.entries(now?.connection ?? {}).filter(([, value]) => holdsLogin(value))
  return Object.fromEntries([
    ...kept,
    ...Object.entries(connection).map(([field, value]): [string, typeof value] => {
      const known = fields.find((each) => each.name === field)
      // The driver refuses it, by its name.
      if (known === undefined) return [field, value]
      const here = now?.connection?.[field] ?? null
      const usedAt = (at: string): string | null => {
        const used: unknown = at === '' ? here : Reflect.get(Object(here), at)
        return typeof used === 'string' ? used : null
      }
      return [
        field,
        withCredentials(value, known, (named, kind, at) => binder.idOf(named, kind, usedAt(at), name)),
      ]
    }),
  ])
}

/** Where its keys are not here no anchor could be written, and the place that is used stays. */
export function boundAnchor(
  given: SetupDocument['settings']['auditAnchor'],
  now: Settings['auditAnchor'],
  binder: Binder,
  state: DeskState,
): Settings['auditAnchor'] {
  if (given === null) return now
  const access = boundAccess(given.access, now?.access ?? null, binder, 'the anchors of the audit chain')
  if (given.access.credential.source === 'vault' && access.credential.source !== 'vault') return now
  return checkedAnchor({ ...given, access }, state)
}
