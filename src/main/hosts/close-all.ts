/** One after another, in this order, and each of them whatever becomes of those before it; throws the first failure at the end. */
export async function closeAll(parts: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of parts) await close().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}
