import type { Access } from '../../shared/contract/repositories.ts'
import type { SystemName } from '../../shared/domain/system-name.ts'
import type { SavedRepository } from '../ports/desk-state.ts'
import { canonicalAddress } from './cluster-repository.ts'
import { newId } from './new-id.ts'
import type { DeskPorts } from './ports.ts'

/** Saves a repository under the canonical form of its address; one that is known under it with the same access is used again. */
export async function addRepository(
  fields: {
    readonly name: string
    readonly system: SystemName
    readonly address: string
    readonly access: Access
  },
  { state, audit, random, publish }: Pick<DeskPorts, 'state' | 'audit' | 'random' | 'publish'>,
): Promise<SavedRepository> {
  const address = await canonicalAddress(fields.system, fields.address)
  const known = state.repositories
    .list()
    .find((each) => each.address === address && JSON.stringify(each.access) === JSON.stringify(fields.access))
  if (known !== undefined) return known
  const repository: SavedRepository = {
    ...fields,
    address,
    id: newId(fields.name, state.repositories.list(), random),
  }
  await audit.append({
    action: 'repository.added',
    subject: fields.name,
    facts: [
      { name: 'address', value: address },
      ...(fields.access.hostKey === null ? [] : [{ name: 'hostKey', value: fields.access.hostKey }]),
    ],
  })
  await state.repositories.put(repository)
  publish({ topic: 'repositories' })
  return repository
}
