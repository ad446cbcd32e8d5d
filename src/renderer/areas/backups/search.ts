import * as z from 'zod'
import { stateFilters } from './model/filter-backups.ts'

export const paneTabs = ['stores', 'manifest', 'contents', 'compare', 'history'] as const

/** What the address of the list of backups keeps. */
export const backupsSearch = z.object({
  state: z.enum(stateFilters).optional().catch(undefined),
  find: z.string().max(1024).optional().catch(undefined),
  backup: z.string().max(1024).optional().catch(undefined),
  tab: z.enum(paneTabs).optional().catch(undefined),
  /** How the manifest is shown; left out: as a tree. */
  manifest: z.enum(['tree', 'text']).optional().catch(undefined),
  /** Part of a path in the archive. */
  path: z.string().max(1024).optional().catch(undefined),
  /** The backup that the shown one is compared with. */
  with: z.string().max(1024).optional().catch(undefined),
})
export type BackupsSearch = z.infer<typeof backupsSearch>
