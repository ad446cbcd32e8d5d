import { kindlingDriver } from '../../src/main/systems/kindling/live/driver.ts'
import { describeClusterDriver } from './cluster-driver.ts'
import { startAnsweringKindlingLab } from './labs/kindling.ts'

describeClusterDriver({ driver: kindlingDriver, start: startAnsweringKindlingLab })
