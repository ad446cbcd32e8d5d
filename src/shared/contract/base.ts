import { oc } from '@orpc/contract'
import { failure } from './values.ts'

/**
 * Every procedure fails in one way: `FAILED`, with a code of the closed list and a text for people. What is not expected
 * becomes the code `internal` and an incident id; its own text never crosses.
 */
export const base = oc.errors({ FAILED: { data: failure } })
