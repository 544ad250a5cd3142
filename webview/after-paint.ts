// Puts work off until what is on its way to the screen is there.

/** Calls `run` once after the next frame was drawn; a page that nobody sees draws none until it is seen. */
export function afterPaint(run: () => void) {
  requestAnimationFrame(() => {
    // A message is handled after the frame, a frame's own callback before it.
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      run()
    }
    port2.postMessage(undefined)
  })
}
