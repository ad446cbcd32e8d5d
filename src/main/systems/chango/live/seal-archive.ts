import { HoldfastError } from '../../../../shared/domain/error.ts'
import { storedGzip, storedGzipBytes } from '../../../engine/archive/stored-gzip.ts'
import { createEnvelope, deriveSealingKey, kdfIterations } from '../../../engine/envelope/new-envelope.ts'
import { sealSegments } from '../../../engine/envelope/seal-segments.ts'
import type { Session } from '../../../ports/cluster-driver.ts'

/** Seals archives with the cluster’s newest master key; `using` clears what was derived from it. */
export interface Sealing extends Disposable {
  /** `tarBytes`: how long the tar will be. */
  seal(
    tar: AsyncIterable<Uint8Array>,
    named: { readonly backupId: string },
    tarBytes: number,
  ): AsyncIterable<Uint8Array>
}

/** Throws `key.missing`. */
export async function openSealing(
  session: Pick<Session, 'cluster' | 'masterKeys' | 'keySalt' | 'random'>,
): Promise<Sealing> {
  const [masterKey] = await session.masterKeys()
  if (masterKey === undefined) {
    throw new HoldfastError('key.missing', {
      what: `${session.cluster.name} has no master key here to seal its archive with.`,
      unchanged: 'Nothing was stopped.',
      next: 'Save its master key, or take the archive without a seal.',
    })
  }
  const sealing = await deriveSealingKey(masterKey, {
    keyId: 'backup-encryption',
    keyVersion: 1,
    kdf: { salt: session.keySalt(), iterations: kdfIterations },
  })
  return {
    async *seal(tar, { backupId }, tarBytes) {
      const envelope = { store: 'archive', backupId, plainSizeBytes: storedGzipBytes(tarBytes) }
      const opening = createEnvelope(sealing, envelope, session)
      try {
        yield* sealSegments(storedGzip(tar, tarBytes), opening)
      } finally {
        opening.dataKey.fill(0)
      }
    },
    [Symbol.dispose]: () => void sealing.kek.fill(0),
  }
}
