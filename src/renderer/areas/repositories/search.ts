import * as z from 'zod'

/** What the address of a repository's page keeps. */
export const repositorySearch = z.object({ prefix: z.string().max(1024).optional().catch(undefined) })
