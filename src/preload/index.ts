import { contextBridge, ipcRenderer } from 'electron'

declare const window: {
  readonly location: { readonly origin: string }
  postMessage(message: string, origin: string, ports: readonly unknown[]): void
}

// The only way between the page and the machine: one message port, which the main process gives once a load.
ipcRenderer.on('holdfast.port', (event) => {
  window.postMessage('holdfast.port', window.location.origin, event.ports)
})
contextBridge.exposeInMainWorld('holdfast', { askForPort: () => ipcRenderer.send('holdfast.port') })
