/** The system's generator of unpredictable bytes; a port so that tests and labs can be exact. */
export interface Random {
  bytes(length: number): Uint8Array
}
