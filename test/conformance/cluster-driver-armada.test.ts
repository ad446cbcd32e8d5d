import { afterAll } from 'vitest'
import { armadaDriver } from '../../src/main/systems/armada/live/driver.ts'
import { describeClusterDriver } from './cluster-driver.ts'
import { endArmadaLabs, startArmadaHosts as startHosts, startArmadaLab as start } from './labs/armada.ts'

afterAll(() => endArmadaLabs())

const ways = armadaDriver.snapshotWays
const isDirect = ({ id }: (typeof ways)[number]): boolean => id === 'direct'

describeClusterDriver({ driver: { ...armadaDriver, snapshotWays: ways.filter(isDirect) }, start })
describeClusterDriver({
  driver: { ...armadaDriver, snapshotWays: ways.filter((way) => !isDirect(way)) },
  start: startHosts,
})
