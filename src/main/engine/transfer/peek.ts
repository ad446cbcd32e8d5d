/**
 * Reads as many first bytes as `bytesNeeded` asks for (0: enough) and gives them, with all pieces from the first one
 * on. Whoever asks must also read `pieces`, or close them: the source is open.
 */
export async function peek(
  source: AsyncIterable<Uint8Array>,
  bytesNeeded: (bytes: Uint8Array, isWhole: boolean) => number,
): Promise<{
  readonly first: { readonly bytes: Uint8Array; readonly isWhole: boolean }
  readonly pieces: AsyncIterable<Uint8Array>
}> {
  const iterator = source[Symbol.asyncIterator]()
  const seen: Uint8Array[] = []
  let bytes: Uint8Array = new Uint8Array()
  let isWhole = false
  for (
    let needed = bytesNeeded(bytes, false);
    needed > bytes.byteLength;
    needed = bytesNeeded(bytes, false)
  ) {
    const next = await iterator.next()
    if (next.done === true) {
      isWhole = true
      break
    }
    seen.push(next.value)
    // The first piece is nearly always enough; it is looked at, not copied.
    bytes = seen.length === 1 ? next.value : Buffer.concat(seen)
  }
  return { first: { bytes, isWhole }, pieces: resume(seen, isWhole, iterator) }
}

async function* resume(
  seen: readonly Uint8Array[],
  isWhole: boolean,
  iterator: AsyncIterator<Uint8Array>,
): AsyncIterable<Uint8Array> {
  try {
    yield* seen
    if (isWhole) return
    for (;;) {
      const next = await iterator.next()
      if (next.done === true) return
      yield next.value
    }
  } finally {
    await iterator.return?.()
  }
}
