import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { openS3Store } from '../../src/main/adapters/s3/open-s3-store.ts'
import { sharedRgw } from '../lab/shared.ts'
import { objectStoreSuite } from './object-store-suite.ts'

objectStoreSuite('a bucket on Ceph RGW', async () => {
  const rgw = await sharedRgw()
  if ('skip' in rgw) return rgw
  const bucket = `suite-${Date.now()}`
  const client = new S3Client({
    endpoint: rgw.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: rgw,
  })
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  client.destroy()
  const store = await openS3Store(
    { kind: 's3', bucket, prefix: '', endpoint: rgw.endpoint, region: null, style: 'path' },
    {
      credentials: { source: 'keys', keys: rgw },
      clock: { now: () => Date.now(), wait: () => Promise.resolve() },
    },
  )
  return { store, cleanUp: () => store.close() }
})
