import { describe, expect, test } from 'vitest'
import {
  discardMemory,
  pieceBytes,
  returnMemory,
  takeMemory,
} from '../../../../src/shared/streams/piece-pool.ts'

describe('memory of pieces', () => {
  test('is given again once it was returned, and to one taker only', () => {
    const memory = takeMemory()
    returnMemory(memory)
    expect(takeMemory()).toBe(memory)
    expect(takeMemory()).not.toBe(memory)
  })

  test('is always a whole piece, whatever was returned', () => {
    returnMemory(new Uint8Array(5))
    returnMemory(new Uint8Array(pieceBytes + 1).subarray(1))
    const moved = takeMemory()
    structuredClone(moved, { transfer: [moved.buffer] })
    returnMemory(moved)
    expect(takeMemory().byteLength).toBe(pieceBytes)
    expect(takeMemory().byteLength).toBe(pieceBytes)
  })

  test('that is discarded is gone, unless a part of it may still be in use', () => {
    const whole = new Uint8Array(100)
    const part = new Uint8Array(100).subarray(0, 50)
    discardMemory(whole)
    discardMemory(part)
    expect(whole.byteLength).toBe(0)
    expect(part.byteLength).toBe(50)
  })
})
