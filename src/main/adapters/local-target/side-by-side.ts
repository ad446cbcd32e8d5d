/** Node works on four calls of the file system at once (libuv, UV_THREADPOOL_SIZE); with some more none of them waits for this thread. */
export const filesAtOnce = 8

/** `work` on every item, some at a time. After the first failure no further one is begun; those under way are waited for. */
export async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  let hasFailed = false
  const lanes = Array.from({ length: Math.min(filesAtOnce, items.length) }, async () => {
    for (const item of queue) {
      if (hasFailed) return
      try {
        await work(item)
      } catch (error) {
        hasFailed = true
        throw error
      }
    }
  })
  for (const lane of await Promise.allSettled(lanes)) if (lane.status === 'rejected') throw lane.reason
}
