import { join } from 'node:path'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import { startRelay, type Relay } from '../lab/relay.ts'
import type { Sshd } from '../lab/sshd.ts'
import type { BucketScene } from './bucket-scene.ts'
import { reach } from './reach.ts'
import { settled } from './settled.ts'
import { followSteps, type Step } from './steps.ts'
import type { Outcome, Place } from './table.ts'

export type BucketFault = 'S3 cut' | 'object deleted meanwhile' | 'damaged object' | 'wrong key'

/**
 * A restore out of a real bucket that meets a fault once a step has begun and `bytes` more have come from there. After a cut nothing
 * of the bucket answers any more.
 */
export async function tryBucket(
  {
    scene,
    above,
    gatewayPort,
  }: { readonly scene: BucketScene; readonly above: string; readonly gatewayPort: number },
  fault: BucketFault,
  { step, bytes }: { readonly step: Step; readonly bytes: number },
  place: Place,
  server: Sshd | null,
): Promise<Outcome> {
  const dir = join(above, `bucket-${fault.replaceAll(' ', '-')}-${place.length}-${step}-${bytes}`)
  await scene.plant(dir)
  const { prefix, store } = await scene.openPrefix()
  const relay = await startRelay(gatewayPort)
  const follow = followSteps('restore')
  const target = await reach(place, dir, server)
  const strikes: Promise<void>[] = []
  const strike = (): void => {
    if (strikes.length === 0) strikes.push(striking(fault, { relay, store, scene }))
  }
  const arm = async (): Promise<void> => {
    if (bytes > 0) relay.afterBytes(bytes, strike)
    else {
      strike()
      await strikes[0]
    }
  }
  let isArmed = step === 'check'
  if (isArmed) await arm()
  const watched = follow.follow(target, async () => {
    if (isArmed || follow.now() !== step) return
    isArmed = true
    await arm()
  })
  let error: unknown = null
  try {
    await scene.restore(
      watched,
      { prefix, port: relay.port },
      fault === 'wrong key' ? 'a key of another cluster' : undefined,
    )
  } catch (thrown) {
    error = thrown
  }
  await target.close()
  await relay.stop()
  if (strikes.length === 0) throw new Error(`${fault}: the restore was over before ${bytes} bytes had come.`)
  await strikes[0]
  if (fault === 'S3 cut' && error !== null && scene.pauses() === 0) throw new Error('It was not asked again.')
  await store.close()
  return settled({ scene }, dir, error, { fault, place, step }, bytes)
}

async function striking(
  fault: BucketFault,
  {
    relay,
    store,
    scene,
  }: { readonly relay: Relay; readonly store: ObjectStore; readonly scene: BucketScene },
): Promise<void> {
  switch (fault) {
    case 'S3 cut':
      relay.refuse()
      return
    case 'object deleted meanwhile':
      return store.delete(scene.key)
    case 'damaged object': {
      const damaged = Buffer.from(scene.archive)
      const middle = damaged.byteLength >> 1
      damaged[middle] = (damaged[middle] ?? 0) ^ 1
      await store.put(scene.key, damaged)
      return
    }
    case 'wrong key':
      return
  }
}
