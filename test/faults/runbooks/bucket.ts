import { randomBytes } from 'node:crypto'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { systemClock } from '../../../src/main/adapters/system/clock.ts'
import { openS3Store } from '../../../src/main/adapters/s3/open-s3-store.ts'
import type { LabBucket } from '../../integration/runbooks/kiok-lab.ts'
import { makeBucket } from '../../lab/bucket.ts'
import { startRelay } from '../../lab/relay.ts'
import type { RgwAccess } from '../../lab/rgw.ts'
import type { RunbookLab } from './lab.ts'

/** A bucket of a real gateway, behind a way that can be cut. */
export interface CutBucket extends LabBucket {
  readonly way: NonNullable<RunbookLab['bucket']>
  close(): Promise<void>
}

export async function openCutBucket(rgw: RgwAccess): Promise<CutBucket> {
  const name = `runbooks-${randomBytes(6).toString('hex')}`
  await makeBucket(rgw, name)
  const relay = await startRelay(Number(new URL(rgw.endpoint).port))
  return {
    address: `s3://${name}/backups/?endpoint=http://127.0.0.1:${relay.port}&style=path`,
    keys: { accessKeyId: rgw.accessKeyId, secretAccessKey: rgw.secretAccessKey },
    way: { refuse: () => relay.drop(), admit: () => relay.admit(), refused: () => relay.dropped() },
    async copyFrom(folder) {
      const from = await openFolderStore(folder)
      const to = await openS3Store(
        { kind: 's3', bucket: name, prefix: 'backups/', endpoint: rgw.endpoint, region: null, style: 'path' },
        { credentials: { source: 'keys', keys: rgw }, clock: systemClock },
      )
      for await (const entry of from.list()) {
        if (entry.kind !== 'object' || (await to.head(entry.key)) !== null) continue
        await to.putStream(entry.key, (await from.get(entry.key)).pieces)
      }
      await Promise.all([from.close(), to.close()])
    },
    close: async () => relay.stop(),
  }
}
