import { afterAll, test } from 'vitest'
import { kindlingDriver } from '../../src/main/systems/kindling/live/driver.ts'
import { postgresProblem } from '../lab/postgres.ts'
import { describeClusterDriver } from './cluster-driver.ts'
import { endKindlingLabs, startKindlingLab as start } from './labs/kindling.ts'

const problem = postgresProblem()
if (problem === null) {
  describeClusterDriver({ driver: kindlingDriver, start })
  afterAll(endKindlingLabs)
} else {
  test('The driver of kindling on its lab', ({ skip }) => skip(problem))
}
