import { HoldfastError } from '../../shared/domain/error.ts'
import { systemClock } from '../adapters/system/clock.ts'
import type { OpenAuditAnchor } from '../ports/audit-anchor.ts'
import { s3Options, withRegion } from './open-store.ts'

/** Opens the place of the audit chain's anchors; only a bucket can be one. */
export const openAnchor: OpenAuditAnchor = async (address, access, { keepDays }) => {
  if (address.kind !== 's3') {
    throw new HoldfastError('repository.badAddress', {
      what: 'Anchors of the audit chain are kept in a bucket with Object Lock, and nowhere else.',
      next: 'Give an address that begins with s3:.',
    })
  }
  const { openS3Anchor } = await import('../adapters/s3/audit-anchor.ts')
  return openS3Anchor(withRegion(address), { ...s3Options(access), clock: systemClock, keepDays })
}
