import { contextBridge } from 'electron'

// The page needs nothing of the machine yet; the bridge only tells it that it runs in the desktop shell.
contextBridge.exposeInMainWorld('holdfast', { shell: 'electron' })
