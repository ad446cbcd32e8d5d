import * as z from 'zod'

/** What the address of the chain map keeps. An unknown value is left out instead of refused: addresses are typed too. */
export const chainSearch = z.object({
  /** Key of the selected object. */
  object: z.string().max(4096).optional().catch(undefined),
  view: z.enum(['state', 'size', 'age']).optional().catch(undefined),
  rows: z.enum(['folded', 'all']).optional().catch(undefined),
})
export type ChainSearch = z.infer<typeof chainSearch>
