import { Buffer } from 'node:buffer'

/** The host starts a `dd` for each frame, which reads and writes whole blocks. */
const blockBytes = 64 * 1024
const longestFrameBytes = 64 * blockBytes

interface Frame {
  readonly bytes: Buffer
  used: number
}

/**
 * Sends a command's standard input as frames (`SIZE COUNT`, bytes; `0 0` at the end). A frame takes what the source
 * has given by the time that the one before it is on its way: a fast source makes few large ones, a slow one does not
 * wait. What the source throws passes as it is, and then nothing tells the host that the data has ended.
 */
export async function sendData(
  pieces: AsyncIterator<Uint8Array>,
  send: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  // One is filled while the other is under way.
  let filling = emptyFrame()
  let spare = emptyFrame()
  let frameSent = Promise.resolve()
  let sending: Promise<void> | null = null

  async function sendAll(): Promise<void> {
    while (filling.used > 0) {
      const frame = filling
      filling = spare
      frameSent = sendFrame(frame, send)
      await frameSent
      frame.used = 0
      spare = frame
    }
    sending = null
  }

  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
    for (let at = 0; at < next.value.byteLength;) {
      while (filling.used === longestFrameBytes) await frameSent
      const part = next.value.subarray(at, at + longestFrameBytes - filling.used)
      // Copied, so that the piece stays its owner's.
      filling.bytes.set(part, filling.used)
      filling.used += part.byteLength
      at += part.byteLength
      sending ??= sendAll()
    }
  }
  await sending
  await send(Buffer.from('0 0\n'))
}

function emptyFrame(): Frame {
  return { bytes: Buffer.allocUnsafeSlow(longestFrameBytes), used: 0 }
}

async function sendFrame({ bytes, used }: Frame, send: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  const blocks = Math.floor(used / blockBytes)
  const inBlocks = blocks * blockBytes
  if (blocks > 0) {
    void send(Buffer.from(`${blockBytes} ${blocks}\n`))
    await send(bytes.subarray(0, inBlocks))
  }
  if (used > inBlocks) {
    void send(Buffer.from(`${used - inBlocks} 1\n`))
    await send(bytes.subarray(inBlocks, used))
  }
}
