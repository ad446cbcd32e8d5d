import { audit } from './audit.ts'
import { backups } from './backups.ts'
import { clusters } from './clusters.ts'
import { drills } from './drills.ts'
import { host } from './host.ts'
import { jobs } from './jobs.ts'
import { masters } from './masters.ts'
import { repositories } from './repositories.ts'
import { restore } from './restore.ts'
import { retention } from './retention.ts'
import { runbooks } from './runbooks.ts'
import { settings } from './settings.ts'
import { setup } from './setup.ts'
import { vault } from './vault.ts'
import { verify } from './verify.ts'

/** All that a window, a tab or a command line may ask of the console. */
export const contract = {
  host,
  vault,
  repositories,
  clusters,
  masters,
  backups,
  verify,
  restore,
  retention,
  runbooks,
  drills,
  jobs,
  audit,
  settings,
  setup,
}
export type Contract = typeof contract
