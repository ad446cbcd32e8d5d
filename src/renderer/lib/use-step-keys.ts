import { useSingleKeys } from './single-keys.ts'
import { stepIn } from './step-in.ts'

/** J and K go one down and one up in a list, and stop at its ends. */
export function useStepKeys(
  ids: readonly string[],
  shown: string | undefined,
  go: (id: string) => void,
): void {
  const step = (by: number) => () => {
    const next = stepIn(ids, shown, by)
    if (next !== undefined && next !== shown) go(next)
  }
  useSingleKeys({ j: step(1), k: step(-1) })
}
