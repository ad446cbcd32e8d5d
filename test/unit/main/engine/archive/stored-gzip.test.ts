import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { storedGzip, storedGzipBytes } from '../../../../../src/main/engine/archive/stored-gzip.ts'
import { tarSizeBytes, writeTar } from '../../../../../src/main/engine/archive/tar-writer.ts'

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

test.each([0, 1, 65_534, 65_535, 65_536, 131_070, 200_000])(
  'a member of %i bytes that are not compressed is as long as was said before, and unpacks to them',
  async (bytes) => {
    const plain = Buffer.alloc(bytes, 'rocks')
    for (const pieceBytes of [7_001, 65_535, 1_000_000]) {
      const packed = await buffer(storedGzip(inPieces(plain, pieceBytes), bytes))
      expect(packed.byteLength).toBe(storedGzipBytes(bytes))
      expect(gunzipSync(packed).equals(plain)).toBe(true)
    }
  },
)

test('one byte more or less than was said is refused, never packed', async () => {
  for (const said of [99, 101])
    await expect(buffer(storedGzip(inPieces(Buffer.alloc(100), 10), said))).rejects.toThrow(RangeError)
})

test('the size of a tar is known before its contents, whatever its names', async () => {
  const entries = [
    { name: 'kms', kind: 'folder', sizeBytes: 0, pieces: [] },
    { name: `kms/${'long-name-'.repeat(30)}`, kind: 'file', sizeBytes: 513, pieces: [Buffer.alloc(513)] },
    { name: 'kms/ünïcode', kind: 'file', sizeBytes: 0, pieces: [] },
    { name: 'kms/CURRENT', kind: 'file', sizeBytes: 512, pieces: [Buffer.alloc(512)] },
  ] as const
  expect((await buffer(writeTar(entries))).byteLength).toBe(tarSizeBytes(entries))
})
