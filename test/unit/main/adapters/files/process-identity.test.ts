import { describe, expect, test } from 'vitest'
import { judgeFrom, type ProcessIdentity } from '../../../../../src/main/adapters/files/process-identity.ts'

const here = { host: 'master-1', bootId: 'boot-2', pidNamespace: 'pid:[1]' }
const holder: ProcessIdentity = { ...here, pid: 4711, startTicks: '900' }
const alive = `4711 (node (x)) S ${'0 '.repeat(18)}900 0`

function judged(changed: Partial<ProcessIdentity>, statLine: string | null = alive) {
  return judgeFrom(here, { ...holder, ...changed }, () => ({ exists: true, statLine }))
}

describe('the holder of a lock', () => {
  test('is alive as long as its process is the one that it says', () => {
    expect(judged({})).toBe('alive')
    expect(judged({}, null)).toBe('alive')
  })

  test('is dead after a reboot, as a zombie, and where its number is another process’s', () => {
    expect(judged({ bootId: 'boot-1' })).toBe('dead')
    expect(judged({}, alive.replace(') S', ') Z'))).toBe('dead')
    expect(judged({ startTicks: '800' })).toBe('dead')
  })

  test('that could not see the boot, or its own start, is never called dead for that', () => {
    expect(judged({ bootId: null })).toBe('unknown')
    expect(judgeFrom({ ...here, bootId: null }, holder, () => ({ exists: true, statLine: alive }))).toBe(
      'unknown',
    )
    expect(judged({ startTicks: null })).toBe('alive')
  })

  test('of another machine or container cannot be judged', () => {
    expect(judged({ host: 'master-2' })).toBe('unknown')
    expect(judged({ pidNamespace: 'pid:[2]' })).toBe('unknown')
  })
})
