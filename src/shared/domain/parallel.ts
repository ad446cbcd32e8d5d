/**
 * `work` on every item, at most `atOnce` at a time; results in the order of the items. After the first failure no
 * further item is begun, those under way are waited for, and the failure is thrown.
 */
export async function mapInParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let failed = false
  const queue = items.entries()
  const lanes = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    for (const [index, item] of queue) {
      if (failed) return
      try {
        results[index] = await work(item, index)
      } catch (error) {
        failed = true
        throw error
      }
    }
  })
  const settled = await Promise.allSettled(lanes)
  for (const lane of settled) if (lane.status === 'rejected') throw lane.reason
  return results
}
