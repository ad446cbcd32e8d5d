/**
 * The bytes of an object that a range covers. One that ends beyond the object is cut; one that begins at or beyond its
 * end covers none.
 */
export function coveredBytes(
  sizeBytes: number,
  range?: { readonly startByte: number; readonly endByte?: number },
): { readonly startByte: number; readonly lengthBytes: number } {
  const startByte = Math.min(range?.startByte ?? 0, sizeBytes)
  const endByte = Math.min(range?.endByte ?? Infinity, sizeBytes - 1)
  return { startByte, lengthBytes: Math.max(0, endByte - startByte + 1) }
}
