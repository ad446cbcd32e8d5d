import { url } from 'node:inspector'
import { HoldfastError } from '../../shared/domain/error.ts'

/** An open inspector gives this process, and every secret in it, to whoever reaches its port: nothing is served beside one. */
export function refuseInspector(): void {
  if (url() === undefined) return
  throw new HoldfastError('usage', {
    what: "The window is not served while Node's inspector is open.",
    why: 'Every program of this host could read the secrets of this process through it.',
    unchanged: 'Nothing was opened.',
    next: 'Start Holdfast without --inspect, and without it in NODE_OPTIONS.',
  })
}
