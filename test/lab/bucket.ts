import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { RgwAccess } from './rgw.ts'

/** A new bucket on the lab's gateway. */
export async function makeBucket(
  { endpoint, accessKeyId, secretAccessKey }: RgwAccess,
  name: string,
): Promise<void> {
  const credentials = { accessKeyId, secretAccessKey }
  const admin = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true })
  try {
    await admin.send(new CreateBucketCommand({ Bucket: name }))
  } finally {
    admin.destroy()
  }
}
