/** Appends entries to the chain of a folder, and prints the hash of each once it is promised. */
import { openAuditLog } from '../../../../../src/main/adapters/audit-file/open-audit-log.ts'
import { systemClock } from '../../../../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../../../../src/main/adapters/system/random.ts'

const [folder = '', name = '', count = '0'] = process.argv.slice(2)
const audit = openAuditLog(folder, { clock: systemClock, random: systemRandom, actor: name })
for (let index = 0; index < Number(count); index += 1) {
  const { hash } = await audit.append({ action: 'test.done', subject: String(index), facts: [] })
  process.stdout.write(`${hash}\n`)
}
