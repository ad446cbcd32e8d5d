import type { BackupTool } from './backup-tool.ts'
import { barman } from './barman.ts'
import type { KindlingConnection } from './connection.ts'
import { pgBackRest } from './pgbackrest.ts'

/** The tool that the connection says backs the database up. */
export function chosenTool(config: KindlingConnection): BackupTool {
  return config.tool === 'barman' ? barman(config) : pgBackRest(config)
}
