import type { Grant as S3Grant } from '@aws-sdk/client-s3'
import type { Grant } from '../../../shared/domain/place-facts.ts'
import { S3Nonsense } from './failure.ts'

const groups: Readonly<Record<string, Grant['to']>> = {
  'http://acs.amazonaws.com/groups/global/AllUsers': 'everyone',
  'http://acs.amazonaws.com/groups/global/AuthenticatedUsers': 'anyAccount',
}

/** Those to others than accounts that are named. */
export function grantsOf(grants: readonly S3Grant[] | undefined): readonly Grant[] {
  // The owner of a bucket always stands in its list.
  if (grants === undefined) throw new S3Nonsense('an access list without an entry')
  return grants.flatMap(({ Grantee, Permission }) => {
    const to = groups[Grantee?.URI ?? '']
    return to === undefined ? [] : [{ to, permission: Permission ?? 'unknown' }]
  })
}
