import { expect, test } from 'vitest'
import { coveredBytes } from '../../../../src/shared/domain/covered-bytes.ts'

test.each([
  [10, undefined, 0, 10],
  [10, { startByte: 3 }, 3, 7],
  [10, { startByte: 0, endByte: 0 }, 0, 1],
  [10, { startByte: 9, endByte: 9 }, 9, 1],
  [10, { startByte: 8, endByte: 99 }, 8, 2],
  [10, { startByte: 10 }, 10, 0],
  [10, { startByte: 50, endByte: 60 }, 10, 0],
  [10, { startByte: 5, endByte: 4 }, 5, 0],
  [0, { startByte: 0, endByte: 4095 }, 0, 0],
])(
  'of %d bytes the range %j covers, from byte %d on, %d bytes',
  (sizeBytes, range, startByte, lengthBytes) => {
    expect(coveredBytes(sizeBytes, range)).toEqual({ startByte, lengthBytes })
  },
)
