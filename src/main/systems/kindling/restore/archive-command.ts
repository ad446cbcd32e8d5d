import { done, notYet } from '../../../engine/runbook/outcomes.ts'
import type { Outcome } from '../../../ports/runbook.ts'
import { databaseHost, dataFolder, scriptOn, tells, type Site } from './site.ts'

/**
 * From source (Barman: recovery_executor.py, ConfigurationFileMangeler): a restored database archives nothing. The line with
 * archive_command is kept behind this mark, and `archive_command = false` follows it. A configuration outside of the data folder is
 * left as it is.
 */
const mark = String.raw`^#BARMAN#[[:space:]]*archive_command`

const mend = `set -e
for file in "$1/postgresql.conf" "$1/postgresql.auto.conf"; do
  if [ -e "$file" ] && grep -q '${mark}' "$file"; then
    sed '/${mark}/{s/^#BARMAN#//;n;/^archive_command = false$/d}' "$file" >"$file.holdfast"
    chmod --reference="$file" "$file.holdfast"
    mv -f -- "$file.holdfast" "$file"
  fi
done`

/** Before PostgreSQL is opened: it reads its configuration then. */
export async function archiveAgain(site: Site): Promise<Outcome> {
  const host = await databaseHost(site)
  await scriptOn(site, host, 'Setting archive_command', mend, [dataFolder(site)])
  return lookArchives(site)
}

export async function lookArchives(site: Site): Promise<Outcome> {
  const host = await databaseHost(site)
  const condition = `grep -sq '${mark}' "$1/postgresql.conf" "$1/postgresql.auto.conf"`
  return (await tells(site, host, condition))
    ? notYet('archive_command is what Barman put in its place: nothing is archived.')
    : done('archive_command is what it was before the restore.')
}
