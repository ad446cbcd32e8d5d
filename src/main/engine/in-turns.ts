import { setImmediate as nextTurn } from 'node:timers/promises'

/** Nothing for one item and a noticeable time for thousands: others get their turn after each so many of them. */
const itemsInATurn = 25

/** `work` on every item in order, without keeping the process from answering meanwhile. */
export async function mapInTurns<A, B>(all: readonly A[], work: (each: A) => B): Promise<readonly B[]> {
  const done: B[] = []
  for (const [index, each] of all.entries()) {
    if (index > 0 && index % itemsInATurn === 0) await nextTurn()
    done.push(work(each))
  }
  return done
}
