import { Buffer } from 'node:buffer'

/** The host starts a `dd` for each frame, which reads and writes whole blocks. */
const blockBytes = 64 * 1024
const longestBatchBytes = 64 * blockBytes

type Send = (bytes: Uint8Array) => Promise<void>

interface Batch {
  readonly bytes: Buffer
  used: number
}

/**
 * Sends a command's standard input as frames (`SIZE COUNT`, bytes; `0 0` at the end). What the source throws passes as it is,
 * and then nothing tells the host that the data has ended.
 */
export async function sendFramed(pieces: AsyncIterator<Uint8Array>, send: Send): Promise<void> {
  await inBatches(pieces, async (bytes) => {
    const inBlocks = bytes.byteLength - (bytes.byteLength % blockBytes)
    if (inBlocks > 0) {
      void send(Buffer.from(`${blockBytes} ${inBlocks / blockBytes}\n`))
      await send(bytes.subarray(0, inBlocks))
    }
    if (inBlocks < bytes.byteLength) {
      void send(Buffer.from(`${bytes.byteLength - inBlocks} 1\n`))
      await send(bytes.subarray(inBlocks))
    }
  })
  await send(Buffer.from('0 0\n'))
}

/** Sends it as it is. */
export async function sendPlain(pieces: AsyncIterator<Uint8Array>, send: Send): Promise<void> {
  await inBatches(pieces, send)
}

/**
 * A batch takes what the source has given by the time that the one before it is on its way: a fast source makes few large
 * ones, a slow one does not wait.
 */
async function inBatches(pieces: AsyncIterator<Uint8Array>, send: Send): Promise<void> {
  // One is filled while the other is under way.
  let filling = emptyBatch()
  let spare = emptyBatch()
  let batchSent = Promise.resolve()
  let sending: Promise<void> | null = null

  async function sendAll(): Promise<void> {
    while (filling.used > 0) {
      const batch = filling
      filling = spare
      batchSent = send(batch.bytes.subarray(0, batch.used))
      await batchSent
      batch.used = 0
      spare = batch
    }
    sending = null
  }

  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
    for (let at = 0; at < next.value.byteLength;) {
      while (filling.used === longestBatchBytes) await batchSent
      const part = next.value.subarray(at, at + longestBatchBytes - filling.used)
      // Copied, so that the piece stays its owner's.
      filling.bytes.set(part, filling.used)
      filling.used += part.byteLength
      at += part.byteLength
      sending ??= sendAll()
    }
  }
  await sending
}

function emptyBatch(): Batch {
  return { bytes: Buffer.allocUnsafeSlow(longestBatchBytes), used: 0 }
}
