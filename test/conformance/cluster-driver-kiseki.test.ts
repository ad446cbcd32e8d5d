import { kisekiDriver } from '../../src/main/systems/kiseki/live/driver.ts'
import { describeClusterDriver } from './cluster-driver.ts'
import { startKisekiLab as start } from './labs/kiseki.ts'

const ways = kisekiDriver.snapshotWays
const isFetched = ({ id }: (typeof ways)[number]): boolean => id === 'fetched'

describeClusterDriver({
  driver: { ...kisekiDriver, snapshotWays: ways.filter((way) => !isFetched(way)) },
  start: async () => start('s3'),
})
describeClusterDriver({
  driver: { ...kisekiDriver, snapshotWays: ways.filter(isFetched) },
  start: async () => start('fs'),
})
