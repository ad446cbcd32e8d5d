import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'vitest'
import { anchorText, openS3Anchor } from '../../src/main/adapters/s3/audit-anchor.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { memoryAnchorPlace } from '../fakes/audit-anchor.ts'
import { sharedRgw } from '../lab/shared.ts'
import { describeAuditAnchor } from './audit-anchor.ts'

describeAuditAnchor('memory', async () => {
  const place = memoryAnchorPlace()
  return {
    open: async () => place.open(),
    overwrite: async (seq, hash) => void place.heads.get(seq)?.push(hash),
  }
})

const rgw = await sharedRgw()
if ('skip' in rgw) {
  describe('Anchors of the audit chain in a real bucket', () => {
    test.skip(rgw.skip, () => undefined)
  })
} else {
  const { endpoint, accessKeyId, secretAccessKey } = rgw
  const keys = { accessKeyId, secretAccessKey }
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: keys })
  describeAuditAnchor('a real bucket with Object Lock', async () => {
    const bucket = `anchors-${randomBytes(6).toString('hex')}`
    await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }))
    return {
      open: async () =>
        openS3Anchor(
          { kind: 's3', bucket, prefix: 'here/', endpoint, region: null, style: 'path' },
          { credentials: { source: 'keys', keys }, clock: systemClock, keepDays: 1 },
        ),
      overwrite: async (seq, hash) => {
        const Key = `here/${String(seq).padStart(16, '0')}.json`
        await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: anchorText({ seq, hash }) }))
      },
    }
  })
}
