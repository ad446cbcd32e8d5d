import type { ConnectionField, ConnectionValues } from '../../../shared/contract/connection-fields.ts'
import type { Access } from '../../../shared/contract/repositories.ts'
import type { Settings } from '../../../shared/contract/settings.ts'
import {
  setupFormat,
  type CredentialName,
  type SetupAccess,
  type SetupCluster,
  type SetupDocument,
} from '../../../shared/contract/setup.ts'
import type { DeskState, SavedCluster, SavedRepository } from '../../ports/desk-state.ts'
import { driverOf } from '../../systems/drivers.ts'

type Credentials = Pick<DeskState, 'credentials'>

/** What is saved here, as a document that another installation can read. `leftOut`: what may not leave, a sentence each. */
export async function portableSetup(
  state: DeskState,
): Promise<{ readonly document: SetupDocument; readonly leftOut: readonly string[] }> {
  const leftOut: string[] = []
  const clusters: SetupCluster[] = []
  for (const cluster of state.clusters.list()) {
    const portable = await portableCluster(cluster, state)
    clusters.push(portable)
    leftOut.push(...telling(cluster, portable))
  }
  const ids = new Set(clusters.map(({ id }) => id))
  return {
    document: {
      format: `${setupFormat.name}/${setupFormat.version}`,
      settings: portableSettings(state.settings.get(), state),
      repositories: state.repositories.list().map((each) => portableRepository(each, state)),
      clusters,
      targets: state.targets.list().map(({ dir, usedAt, clusterId, backupId }) => ({
        dir,
        usedAt,
        clusterId: clusterId !== null && ids.has(clusterId) ? clusterId : null,
        backupId,
      })),
    },
    leftOut,
  }
}

export function portableRepository(
  { id, name, system, address, access }: SavedRepository,
  state: Credentials,
): SetupDocument['repositories'][number] {
  return { id, name, system, address, access: portableAccess(access, state) }
}

export async function portableCluster(cluster: SavedCluster, state: Credentials): Promise<SetupCluster> {
  const { repositoryId, masterKeys, connection, hostKeys, retention, ...same } = cluster
  const { fields } = await driverOf(cluster.system)
  return {
    id: same.id,
    name: same.name,
    system: same.system,
    repository: repositoryId,
    mode: same.mode,
    masterKeys: masterKeys.map((id) => nameOf(id, 'masterKey', state)),
    rpoMs: same.rpoMs,
    rtoMs: same.rtoMs,
    addedAt: same.addedAt,
    connection: connection && portableConnection(connection, fields, state),
    hostKeys: [...hostKeys],
    ownSchedule: same.ownSchedule,
    drillSchedule: same.drillSchedule,
    retention: { ...retention, pins: [...retention.pins] },
  }
}

export function portableSettings(settings: Settings, state: Credentials): SetupDocument['settings'] {
  const { auditAnchor } = settings
  return {
    ...settings,
    auditAnchor: auditAnchor && { ...auditAnchor, access: portableAccess(auditAnchor.access, state) },
  }
}

function portableAccess(access: Access, state: Credentials): SetupAccess {
  const { credential } = access
  if (credential.source !== 'vault') return { ...access, credential }
  return { ...access, credential: { source: 'vault', ...nameOf(credential.id, 's3', state) } }
}

/** By the fields that its system has, so that nothing leaves that nobody knows. */
function portableConnection(
  values: ConnectionValues,
  fields: readonly ConnectionField[],
  state: Credentials,
): ConnectionValues {
  return Object.fromEntries(
    fields.flatMap(({ name, ...field }) => {
      const value = values[name]
      if (value === undefined || holdsLogin(value)) return []
      return [[name, withCredentials(value, field, (id, kind) => named(id, kind, state))]]
    }),
  )
}

type Json = ConnectionValues[string]

/** The value with each credential in it as `of` gives it, by what the form would have asked for. */
export function withCredentials(
  value: Json,
  field: { readonly kind: ConnectionField['kind'] } & Partial<Pick<CredentialField, 'of'>>,
  of: (value: Json, kind: CredentialName['kind'], at: string) => Json,
): Json {
  switch (field.kind) {
    case 'credential':
      return value === null || field.of === undefined ? value : of(value, field.of, '')
    case 'tls':
    case 'ssh':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
      return Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [
          name,
          passwords.has(name) && inner !== null ? of(inner, 'password', name) : inner,
        ]),
      )
    case 'origins':
    case 'hosts':
    case 'text':
    case 'switch':
    case 'choice':
      return value
  }
}
type CredentialField = Extract<ConnectionField, { readonly kind: 'credential' }>

const passwords: ReadonlySet<string> = new Set(['clientKeyCredential', 'keyCredential', 'sudoCredential'])

/** A login within a text, such as that of a proxy, is a secret that nobody has put into the vault. */
export function holdsLogin(value: unknown): boolean {
  if (typeof value === 'string')
    return /https?:\/\/[^/\s]*@|:\/\/[^/\s:@]*:[^/\s]*@|password\s*=/i.test(value)
  return Array.isArray(value) && value.some(holdsLogin)
}

function telling({ name, connection }: SavedCluster, portable: SetupCluster): readonly string[] {
  return Object.entries(connection ?? {})
    .filter(([field, value]) => holdsLogin(value) && portable.connection?.[field] === undefined)
    .map(([field]) => `The field ${field} of the connection of ${name}: it has a login in it.`)
}

function named(value: Json, kind: CredentialName['kind'], state: Credentials): Json {
  return typeof value === 'string' ? { ...nameOf(value, kind, state) } : value
}

/** One that is not there any more is named by its id, which no import finds. */
function nameOf(id: string, kind: CredentialName['kind'], { credentials }: Credentials): CredentialName {
  const known = credentials.get(id)
  return { label: known?.label ?? id, kind: known?.kind ?? kind }
}
