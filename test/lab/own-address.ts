import { pid } from 'node:process'

/**
 * An address of the loopback that this process alone uses: of a port there that refuses for a while, nobody else is given it meanwhile
 * (all of 127.0.0.0/8 is the loopback: RFC 1122, 3.2.1.3).
 */
export const ownAddress = `127.${64 + ((pid >> 16) & 63)}.${(pid >> 8) & 255}.${pid & 255}`
