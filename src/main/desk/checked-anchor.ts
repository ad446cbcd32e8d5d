import type { AuditAnchorPlace } from '../../shared/contract/settings.ts'
import { formatAddress, parseAddress } from '../../shared/domain/address.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import type { DeskState } from '../ports/desk-state.ts'

/** The place in its one spelling; refused where no anchor could ever be kept there. */
export function checkedAnchor(
  place: AuditAnchorPlace,
  { credentials }: Pick<DeskState, 'credentials'>,
): AuditAnchorPlace {
  const address = parseAddress(place.address)
  if (address.kind !== 's3') {
    throw new HoldfastError('repository.badAddress', {
      what: 'Anchors of the audit chain are kept in a bucket with Object Lock, and nowhere else.',
      unchanged: 'The setting is as it was.',
      next: 'Give an address that begins with s3:.',
    })
  }
  const { credential } = place.access
  if (credential.source === 'vault' && credentials.get(credential.id)?.kind !== 's3') {
    throw new HoldfastError('credential.notFound', {
      what: 'The vault has no such S3 credential.',
      unchanged: 'The setting is as it was.',
      next: 'Choose another one.',
    })
  }
  const { prefix } = address
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
  return { ...place, address: formatAddress({ ...address, prefix: folder }) }
}
