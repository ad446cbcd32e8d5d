import { expect, it } from 'vitest'
import { channelOptions } from '../../../../../src/main/adapters/grpc/open-grpc.ts'

it('keeps channels alive no faster than servers in Go bear, which end connections pinged every 30 s or faster', () => {
  expect(channelOptions['grpc.keepalive_time_ms']).toBeGreaterThan(30_000)
  expect(channelOptions).not.toHaveProperty('grpc.keepalive_permit_without_calls')
})
