import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { chosenBackup } from '../../../engine/runbook/choose-backup.ts'
import {
  forgetKeptCommand,
  keptEnd,
  runKept,
  type KeptCommand,
  type KeptEnd,
} from '../../../engine/runbook/kept-command.ts'
import { runOn, saidBy } from '../../../engine/runbook/on-host.ts'
import { done, failed, knownAs, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { action, check } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { BucketAccess } from '../../../ports/cluster-driver.ts'
import type { Outcome, Step, StepContext } from '../../../ports/runbook.ts'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { renameScript } from '../../../../shared/domain/rename-script.ts'
import { consoleDoes } from './dialect.ts'
import { keyEnvironment } from './master-key.ts'
import { whileStopped } from './master-process.ts'
import { rootOn, stores } from './roots.ts'
import type { Site } from './site.ts'

/** The asides of earlier restores, so that this one's can be told from them. */
const earlierAsides = 'asides.earlier'
/** Which of the folders stood there before it. */
const stoodBefore = 'stores.before'

/** The tool says this at the end, and nothing else proves that the key opens the restored keystore (documented, backup page of August 2026). */
const verified = 'restored keystore opens with the supplied master key'

/** chango’s own tool, where the first host has it: it refuses a live master and a wrong key, moves aside, and rolls back by itself. */
export function ownToolRestore(site: Site): { readonly before: readonly Step[]; readonly restore: Step } {
  const { first, home, user } = site
  return {
    before: [
      check({
        id: 'inspect-backup',
        section: 'before',
        title: 'Let chango’s own tool inspect the backup',
        why: 'It says whether this host reaches the bucket, and whether its key opens the backup, before anything is touched.',
        touches: `Reads the backup from ${first.address}.`,
        twin: `${twinEnvironment} ${sh`${home}/bin/chango-cli.sh backup inspect --backup-id BACKUP`}`,
        notNeeded: consoleDoes,
        look: async (context) => {
          const output = await runOn(
            first,
            {
              argv: [
                `${home}/bin/chango-cli.sh`,
                'backup',
                'inspect',
                '--backup-id',
                knownAs(context.known, chosenBackup.id),
              ],
              asUser: user,
              ...(await environmentOf(site, context)),
              deadlineMs: 300_000,
            },
            context,
          )
          const asides = await asidesOn(site, context)
          const evidence = [
            { name: 'backup inspect', value: `ended with ${output.code ?? output.signal ?? ''}` },
          ]
          return output.code === 0
            ? done('chango’s own tool can restore it with this key.', {
                evidence,
                learnt: {
                  [earlierAsides]: asides.join(' '),
                  [stoodBefore]: (await standingOn(site, context)).join(' '),
                },
              })
            : failed(`chango’s own tool cannot restore it: ${saidBy(output)}`, {
                evidence,
                next: 'A wrong key or a bucket that this host does not reach is named there. Begin again with “Restore with” set to holdfast to restore from here.',
              })
        },
      }),
    ],
    restore: action({
      id: 'restore-by-chango',
      section: 'restore',
      title: 'Let chango’s own tool restore it',
      why: 'It compares the keys, moves the old stores aside, unpacks, rolls back where that fails, and proves that the keystore opens.',
      touches: `The stores in the data folder of ${first.address}.`,
      undo: 'What it moved aside is moved back.',
      twin: `${twinEnvironment} ${sh`${home}/bin/chango-cli.sh backup restore --backup-id BACKUP --chown ${user}:${user} --yes`}`,
      damage: 2,
      notNeeded: consoleDoes,
      act: async (context) => {
        const command = await restoreCommand(site, context)
        return restoredOutcome(await runKept(first, command, context), site)
      },
      look: async (context) => {
        const secretEnvironment = (await environmentOf(site, context)).secretEnvironment
        const end = await keptEnd(first, { name: commandName, asUser: user, secretEnvironment }, context)
        return restoredOutcome(end, site)
      },
      takeBack: async (context) =>
        whileStopped('master', first, site, context, async () => swapBack(site, context)),
    }),
  }
}

const commandName = 'backup-restore'

const twinEnvironment =
  'CHANGO_MASTER_KEY="$CHANGO_MASTER_KEY" CHANGO_BACKUP_S3_ACCESS_KEY="$CHANGO_BACKUP_S3_ACCESS_KEY" CHANGO_BACKUP_S3_SECRET_KEY="$CHANGO_BACKUP_S3_SECRET_KEY"'

async function restoreCommand(site: Site, context: StepContext): Promise<KeptCommand> {
  const { home, user } = site
  return {
    name: commandName,
    argv: [
      `${home}/bin/chango-cli.sh`,
      'backup',
      'restore',
      '--backup-id',
      knownAs(context.known, chosenBackup.id),
      '--chown',
      `${user}:${user}`,
      '--yes',
    ],
    asUser: user,
    folder: home,
    ...(await environmentOf(site, context)),
    // The bytes decide; the tool goes on where this ends first.
    deadlineMs: 6 * 3_600_000,
  }
}

/** Documented: the names of endpoint, bucket and key pair. Inferred, by their pattern: region and prefix. */
async function environmentOf({ javaHome }: Site, context: StepContext) {
  const bucket = await context.session.bucket()
  if (bucket === null) {
    throw new HoldfastError('repository.noCredentials', {
      what: 'The keys of the bucket are not in the vault any more.',
      unchanged: 'Nothing was restored.',
      next: 'Put them back, or begin again with “Restore with” set to holdfast.',
    })
  }
  const { place, pair } = bucket
  return {
    environment: {
      JAVA_HOME: javaHome,
      CHANGO_BACKUP_S3_ENDPOINT: endpointOf(place),
      CHANGO_BACKUP_S3_BUCKET: place.bucket,
      CHANGO_BACKUP_S3_PREFIX: place.prefix,
      CHANGO_BACKUP_S3_REGION: place.region ?? 'us-east-1',
    },
    secretEnvironment: {
      ...(await keyEnvironment(context)),
      CHANGO_BACKUP_S3_ACCESS_KEY: pair.accessKeyId,
      CHANGO_BACKUP_S3_SECRET_KEY: pair.secretAccessKey,
    },
  }
}

function endpointOf({ endpoint, region }: BucketAccess['place']): string {
  return endpoint ?? `https://s3.${region ?? 'us-east-1'}.amazonaws.com`
}

function restoredOutcome(end: KeptEnd, { first }: Site): Outcome {
  switch (end.kind) {
    case 'none':
      return notYet(`The tool was not started on ${first.address}.`)
    case 'running':
      return unknown(`The tool is still at work on ${first.address}.`, { next: 'Look again.' })
    case 'gone':
      return failed(
        `The tool on ${first.address} was cut short: what stands there now is not to be relied on.`,
        {
          next: 'Take this step back, then do it again.',
        },
      )
    case 'ended': {
      const evidence = [
        { name: 'backup restore', value: `ended with ${end.code}` },
        { name: 'it says', value: end.said },
      ]
      if (end.code !== 0) {
        return failed(`The tool on ${first.address} ended with ${end.code}. It says: ${end.said}`, {
          evidence,
          next: 'By its documents it has moved everything back. Take this step back to make sure of it.',
        })
      }
      return end.said.includes(verified)
        ? done(`The tool has restored the stores on ${first.address} and opened the keystore with the key.`, {
            evidence,
          })
        : failed(
            `The tool on ${first.address} ended well and does not say that the keystore opens with the key.`,
            {
              evidence,
              next: 'Take this step back.',
            },
          )
    }
  }
}

/** Of the tool: `<folder>.before-restore-<milliseconds>` beside each folder that it replaced (documented). */
const list = `cd -- "$1" 2>/dev/null || exit 0
ls -d -- *.before-restore-* 2>/dev/null || :`

async function asidesOn(site: Site, context: StepContext): Promise<readonly string[]> {
  const root = rootOn(site.first, site, context.known)
  const said = await mustShellOn(site.first, { script: list, args: [root], asUser: site.user }, context)
  return said.split('\n').filter((name) => /^[a-z]+\.before-restore-\d+$/.test(name))
}

/** Everything that the tool puts there. */
const restored = [...stores, 'patches'] as const

async function standingOn(site: Site, context: StepContext): Promise<readonly string[]> {
  const root = rootOn(site.first, site, context.known)
  const script =
    'cd -- "$1" 2>/dev/null || exit 0; shift; for name; do [ -e "$name" ] && echo "$name"; done; :'
  const said = await mustShellOn(
    site.first,
    { script, args: [root, ...restored], asUser: site.user },
    context,
  )
  return said.split('\n').filter((name) => name !== '')
}

/**
 * First the leavings, up to `--`, each under a name that no tool gives: called again after it was cut short, or once more, nothing of
 * them is taken for what stood there. What had nothing in its place before is kept as well, under another name.
 */
const swap = `${renameScript}cd -- "$1" || exit 1
ending=$2
shift 2
while [ "$1" != -- ]; do
rename "$1" "$1$ending" || exit 1
shift
done
shift
for aside; do
name=\${aside%%.before-restore-*}
if [ -e "$name" ]; then rename "$name" "$name$ending" || exit 1; fi
if [ "$aside" != "$name" ]; then rename "$aside" "$name" || exit 1; fi
done
sync -f . 2>/dev/null || :`

async function swapBack(site: Site, context: StepContext): Promise<Outcome> {
  try {
    const earlier = (context.known.get(earlierAsides) ?? '').split(' ')
    const own = (await asidesOn(site, context)).filter((name) => !earlier.includes(name))
    const before = (context.known.get(stoodBefore) ?? '').split(' ')
    // A tool that failed and was run again has moved its own leavings aside, too: the first one is what stood there.
    const oldest = restored.flatMap((store) => {
      const those = own.filter((name) => name.startsWith(`${store}.`)).sort()
      return before.includes(store) ? those.slice(0, 1) : []
    })
    const added = (await standingOn(site, context)).filter(
      (name) => !before.includes(name) && !oldest.some((aside) => aside.startsWith(`${name}.`)),
    )
    // Before anything is moved: a look that finds how it ended would take it for what stands there.
    await forgetKeptCommand(site.first, { name: commandName, asUser: site.user }, context)
    if (oldest.length === 0 && added.length === 0)
      return done('The tool has left nothing aside: what stood there stands there.')
    const leavings = own.filter((name) => !oldest.includes(name))
    const root = rootOn(site.first, site, context.known)
    const ending = `.undone-${context.session.clock.now()}`
    await mustShellOn(
      site.first,
      { script: swap, args: [root, ending, ...leavings, '--', ...oldest, ...added], asUser: site.user },
      context,
    )
    return done(`What stood in ${root} on ${site.first.address} before the restore stands there again.`, {
      evidence: oldest.map((name) => ({ name: 'moved back', value: name })),
    })
  } catch (error) {
    if (!isHoldfastError(error, 'host.commandFailed')) throw error
    return failed(error.message, { next: 'Look at the folder by hand.' })
  }
}
