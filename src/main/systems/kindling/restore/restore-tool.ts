import type { BackupTool } from '../live/backup-tool.ts'
import type { RestoreWish } from './pgdata-journal.ts'
import type { RestorePoints } from './restore-points.ts'
import type { Site } from './site.ts'

/** What restores the database: pgBackRest or Barman, each run on the first host. */
export interface RestoreTool {
  readonly name: BackupTool['name']
  /** The command that tells what there is to restore, as an operator would type it. */
  readonly listTwin: string
  /** The same for a restore. */
  restoreTwin(wish: RestoreWish): string
  /** Whether a backup could have this name. */
  isLabel(text: string): boolean
  /** Changes nothing. */
  readPoints(site: Site): Promise<RestorePoints>
  /**
   * Restores into the data folder, which is empty, or holds what a run with the same wish left when it was cut short. Throws where
   * the tool ends with anything but success.
   */
  restore(site: Site, wish: RestoreWish): Promise<void>
  /** Whether a restore into the data folder is under way. */
  isRunning(site: Site): Promise<boolean>
}

/** As both tools and PostgreSQL read it, with its zone. */
export function targetText(iso: string): string {
  return `${new Date(iso).toISOString().replace('T', ' ').replace('Z', '')}+00`
}
