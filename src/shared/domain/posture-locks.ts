import type { BucketFacts, SampledObject } from './place-facts.ts'
import { cannotBeTold, doesNotApply, type PostureCheck } from './posture-check.ts'
import { countOf } from './size-words.ts'
import { exactWords } from './time-words.ts'

/** Whether the bucket locks what is written, by itself or because its writer asks for it. */
export function objectLock({ lock, sampled }: BucketFacts): PostureCheck {
  if (!lock.told) return cannotBeTold('objectLock', 'Whether objects are locked cannot be told.', [lock.why])
  const { enabled, byItself } = lock.value
  if (!enabled) {
    return {
      id: 'objectLock',
      state: 'warning',
      sentence: 'The bucket has no object lock: who may delete can delete every version.',
      evidence: [],
      next: 'Keep backups in a bucket with object lock in COMPLIANCE mode.',
    }
  }
  if (byItself !== null) {
    const evidence = [`default retention: ${byItself.mode}, ${countOf(byItself.days, 'day')}`]
    return byItself.mode === 'COMPLIANCE'
      ? {
          id: 'objectLock',
          state: 'good',
          sentence: 'Each new object is locked by itself, and nobody can lift that before its time.',
          evidence,
        }
      : {
          id: 'objectLock',
          state: 'warning',
          sentence: 'Each new object is locked by itself, but who has the right to lift the lock can.',
          evidence,
          next: 'Use COMPLIANCE mode where nobody should be able to.',
        }
  }
  const locked = sampled.length > 0 && sampled.every((each) => each.lock.told && each.lock.value !== null)
  return {
    id: 'objectLock',
    state: locked ? 'good' : 'warning',
    sentence: locked
      ? 'Object lock is on, and who writes the backups locks them.'
      : 'Object lock is on, but locks nothing by itself.',
    evidence: ['default retention: none'],
    ...(!locked && { next: 'Set a default retention on the bucket.' }),
  }
}

/** Until when the newest backup is locked, asked of some of its objects. */
export function lockDates({ lock, sampled }: BucketFacts, nowMs: number): PostureCheck {
  if (lock.told && !lock.value.enabled) return doesNotApply('lockDates', 'The bucket has no object lock.')
  if (sampled.length === 0)
    return cannotBeTold('lockDates', 'No backup is known here whose objects could be asked about.')
  const evidence = sampled.map((each) => `${each.key}: ${lockWords(each)}`)
  const states = sampled.map((each) => lockState(each, nowMs))
  const unlocked = states.filter((state) => state === 'unlocked').length
  if (unlocked > 0) {
    return {
      id: 'lockDates',
      state: 'warning',
      sentence: `${unlocked} of ${countOf(sampled.length, 'object')} of the newest backup that were asked about ${unlocked === 1 ? 'is' : 'are'} not locked now.`,
      evidence,
      next: 'Have whoever writes the backups lock them, or set a default retention.',
    }
  }
  if (states.includes('unknown')) {
    return cannotBeTold(
      'lockDates',
      'Until when the newest backup is locked cannot be told of every object that was asked about.',
      evidence,
    )
  }
  const until = sampled
    .flatMap(({ lock: each }) => (each.told && each.value !== null ? [each.value.until] : []))
    .sort()[0]
  const mayBeLifted = sampled.some(
    ({ lock: each, isHeld }) =>
      each.told && each.value?.mode === 'GOVERNANCE' && !(isHeld.told && isHeld.value),
  )
  return {
    id: 'lockDates',
    state: mayBeLifted ? 'warning' : 'good',
    sentence: `All ${countOf(sampled.length, 'object')} of the newest backup that were asked about are locked${until === undefined ? ' by a legal hold' : `, the first until ${exactWords(until)}`}.${mayBeLifted ? ' Who has the right to lift the lock can.' : ''}`,
    evidence,
  }
}

function lockState({ lock, isHeld }: SampledObject, nowMs: number): 'locked' | 'unlocked' | 'unknown' {
  if (isHeld.told && isHeld.value) return 'locked'
  if (lock.told && lock.value !== null && Date.parse(lock.value.until) > nowMs) return 'locked'
  return lock.told && isHeld.told ? 'unlocked' : 'unknown'
}

function lockWords({ lock, isHeld }: SampledObject): string {
  const hold = isHeld.told && isHeld.value ? ', legal hold' : ''
  if (!lock.told) return `${lock.why}${hold}`
  return lock.value === null
    ? `no lock${hold}`
    : `${lock.value.mode} until ${exactWords(lock.value.until)}${hold}`
}
