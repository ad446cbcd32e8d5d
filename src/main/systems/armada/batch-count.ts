/**
 * How a server cuts a restore into batches, and which records it loses while doing so [from source:
 * storage/table/manager.go:583-655, and seen on a real server]: the record with which a batch reaches its limit is neither in that batch nor
 * in the next one. Sent once more right after, it is the first of the next batch; a put twice is a put.
 */
export interface BatchCount {
  /**
   * The place of the next record of `sizeBytes`, without its length. `twice`: it is lost unless it is sent once more. `lost`: it reaches the
   * limit alone, so it is lost however often it is sent.
   */
  take(sizeBytes: number): 'kept' | 'twice' | 'lost'
}

/** Half of `raft.max-in-mem-log-size`, as a server has it that was told nothing else [from source: cmd/flags.go]. */
export const usualBatchBytes = 3 * 1024 * 1024

export function createBatchCount(batchBytes: number): BatchCount {
  let filledBytes = 0
  return {
    take(sizeBytes) {
      filledBytes += sizeBytes
      if (filledBytes < batchBytes) return 'kept'
      if (sizeBytes >= batchBytes) {
        filledBytes = 0
        return 'lost'
      }
      filledBytes = sizeBytes
      return 'twice'
    },
  }
}
