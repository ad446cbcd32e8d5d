import { printable } from '../../../../shared/domain/printable.ts'
import { chosenBackup } from '../../../engine/runbook/choose-backup.ts'
import { done, failed, knownAs } from '../../../engine/runbook/outcomes.ts'
import { shellOn } from '../../../engine/runbook/shell-on.ts'
import { check } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { CheckStep, Known, StepContext } from '../../../ports/runbook.ts'
import { nameIn } from '../object-names.ts'
import type { Site } from './site.ts'

/** Which of chango's two ways of backing up the chosen backup and the first host speak, and who restores. */
export const dialectFacts = { dialect: 'dialect', by: 'restore.by' } as const

/** Its help is only read. The verbs are documented for the newer version; that it has a help is inferred. */
const verbs = `tool="$1/bin/chango-cli.sh"
[ -x "$tool" ] || exit 0
echo tool
cd -- "$1" && timeout 25 "$tool" backup --help </dev/null 2>&1 | head -c 8000`

export function tellDialect(site: Site): CheckStep {
  return check({
    id: 'tell-dialect',
    section: 'before',
    title: 'Tell which version of chango’s backups this is',
    why: 'The older and the newer one keep their stores in different folders, and only the newer one restores by itself.',
    touches: `Asks ${site.home}/bin/chango-cli.sh on ${site.first.address} for its verbs.`,
    twin: sh`JAVA_HOME=${site.javaHome} ${site.home}/bin/chango-cli.sh backup --help`,
    look: async (context) => {
      const backupId = knownAs(context.known, chosenBackup.id)
      const { hasTool, restores } = await askTool(site, context)
      const evidence = [
        { name: 'backup', value: backupId },
        {
          name: 'chango-cli.sh',
          value: !hasTool ? 'is not there' : restores ? 'restores backups' : 'does not restore backups',
        },
      ]
      const archive = dialectOfArchive(backupId)
      if (archive === null) {
        return failed(`By its name ${printable(backupId)} is of neither version of chango’s backups.`, {
          evidence,
          next: 'Begin again with another backup.',
        })
      }
      if (archive === '1' && restores) {
        return failed(
          `${backupId} is of the older version, and chango on ${site.first.address} is of the newer one, which keeps its stores elsewhere.`,
          {
            evidence,
            next: 'Begin again with a backup of the newer version, or install the version that wrote this one.',
          },
        )
      }
      const bucket =
        archive === '2' && restores && site.by === 'chango' ? await context.session.bucket() : null
      // The tool has no place for a session token.
      const ownTool = bucket !== null && bucket.pair.sessionToken === null
      const by = ownTool ? 'chango' : 'holdfast'
      return done(sentence(archive, restores, ownTool, site), {
        evidence,
        learnt: { [dialectFacts.dialect]: archive, [dialectFacts.by]: by },
      })
    },
  })
}

/** Whether the first host has the newer version’s tool. */
export async function toolRestores(site: Site, context: StepContext): Promise<boolean> {
  return (await askTool(site, context)).restores
}

async function askTool(site: Site, context: StepContext) {
  const { stdout } = await shellOn(
    site.first,
    { script: verbs, args: [site.home], asUser: site.user, environment: { JAVA_HOME: site.javaHome } },
    context,
  )
  const hasTool = stdout.startsWith('tool')
  return { hasTool, restores: hasTool && /\brestore\b/.test(stdout) && /\binspect\b/.test(stdout) }
}

/** Documented: `chango-<timestamp>-<uuid>` is the older name, `YYYYMMDDTHHMMSS-<8 hex>` the newer one. */
function dialectOfArchive(backupId: string): '1' | '2' | null {
  const name = nameIn(`${backupId}.tar.gz`)
  return name === null ? null : name.startsWith('chango-') ? '1' : '2'
}

function sentence(archive: '1' | '2', restores: boolean, ownTool: boolean, { first, by }: Site): string {
  if (archive === '1')
    return `The backup is of the older version, which has no tool of its own to restore it.`
  if (ownTool)
    return `The backup is of the newer version, and chango’s own tool on ${first.address} restores it.`
  if (by === 'holdfast')
    return 'The backup is of the newer version, and restored from here, as was asked for.'
  return restores
    ? 'The backup is of the newer version. chango’s own tool could restore it, but no key pair of the bucket that it could use is in the vault, so it is restored from here.'
    : `The backup is of the newer version, and the tool on ${first.address} cannot restore it, so it is restored from here.`
}

/** A sentence where chango’s own tool does the restore; null where this console does. */
export function ownToolDoes(known: Known): string | null {
  return known.get(dialectFacts.by) === 'chango' ? 'chango’s own tool does this.' : null
}

/** A sentence where this console does the restore. */
export function consoleDoes(known: Known): string | null {
  return known.get(dialectFacts.by) === 'holdfast' ? 'The restore is done from here.' : null
}
